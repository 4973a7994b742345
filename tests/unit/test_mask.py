from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.report.mask import cleaned, pair, sensitive
from reconciler.values import Sealed, SecretRef

SECRET = Sealed(("hunter2", SecretRef("arn:aws:secretsmanager:x", "1")))


@pytest.mark.parametrize(
    "path",
    [
        "environment.DB_PASSWORD", "environment.API_TOKEN", "environment.apiKey", "environment.CLIENT_SECRET",
        "containerDefinitions[app].environment.STRIPE_API_KEY", "masterUserPassword", "parameters.passphrase",
    ],
)  # fmt: skip
def test_a_name_that_tells_of_a_secret_hides_its_value(path: str) -> None:
    assert pair(path, "hunter2", "hunter3") == ("(sensitive)", "(sensitive, differs)")
    assert pair(path, "hunter2", None) == ("(sensitive)", "(sensitive)")


@pytest.mark.parametrize(
    "path", ["environment.LOG_LEVEL", "masterUsername", "tags.team", "size", "secretName", "parameters.work_mem"]
)
def test_other_names_do_not(path: str) -> None:
    assert not sensitive(path, "plain")
    assert pair(path, "plain", "other") == ("plain", "other")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("postgresql://app:hunter2@db:5432/x", "postgresql://app:***@db:5432/x"),
        ("redis://:hunter2@cache:6379", "redis://:***@cache:6379"),
        ("amqp://u:hun@ter2@mq/v", "amqp://u:***@mq/v"),
        ("see https://example.com/a:b@c", "see https://example.com/a:b@c"),
        ("jdbc:x://h/d?user=a&password=hunter2&ssl=1", "jdbc:x://h/d?user=a&password=***&ssl=1"),
        ({"DATABASE_URL": "mysql://a:hunter2@h/x"}, {"DATABASE_URL": "mysql://a:***@h/x"}),
        ({"A": {"DB_PASSWORD": "hunter2", "N": 1}}, {"A": {"DB_PASSWORD": "(sensitive)", "N": 1}}),
        ([{"token": "hunter2"}], [{"token": "(sensitive)"}]),
        ({"passwords": ["hunter2"]}, {"passwords": ["(sensitive)"]}),
        ({"DB_PASSWORD": "arn:aws:secretsmanager:x:secret:y"}, {"DB_PASSWORD": "arn:aws:secretsmanager:x:secret:y"}),
        (SECRET, "(sensitive)"),
        ([SECRET], ["(sensitive)"]),
    ],
)
def test_what_looks_like_a_secret_is_closed(value: Any, shown: Any) -> None:
    assert cleaned(value) == shown
    assert "hunter2" not in json.dumps(cleaned(value))
