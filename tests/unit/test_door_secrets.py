"""The door to AWS and secrets: opened on the wire, and shown nowhere."""

from __future__ import annotations

import json
import logging
from typing import Any

import botocore.exceptions as boto
import pytest

from reconciler.aws import Aws
from reconciler.aws.discretion import LIBRARIES, discreet
from reconciler.calls import Call
from reconciler.errors import Rejected
from reconciler.values import Generate, Sealed, SealedJson, SecretRef
from tests.support import REGION, Lab
from tests.unit.doors import CANARY, Nobody, sent


@pytest.fixture
def door(lab: Lab) -> Aws:
    return Aws(REGION, session=lab.session, now=lab.clock.now, sleep=lab.clock.sleep)


def reference(lab: Lab, value: str = CANARY) -> SecretRef:
    made = lab.client("secretsmanager").create_secret(Name="x", SecretString=value)
    return SecretRef(made["ARN"], made["VersionId"])


@pytest.mark.parametrize(
    ("wrap", "clear"),
    [
        (lambda ref: ref, CANARY),
        (lambda ref: Sealed(("postgresql://app:", ref, "@db/x")), f"postgresql://app:{CANARY}@db/x"),
        (lambda ref: SealedJson({"A": Sealed((ref,)), "B": "plain"}), json.dumps({"A": CANARY, "B": "plain"})),
    ],
)
def test_secrets_are_opened_only_on_the_wire(door: Aws, lab: Lab, wrap: Any, clear: str) -> None:
    value = wrap(reference(lab))
    assert CANARY not in repr(value) + str(value) + f"{value}"
    answer = door.perform(Call("secretsmanager", "CreateSecret", {"name": "y", "secretString": value}))
    assert [p["SecretString"] for p in sent(lab, "CreateSecret")][1:] == [clear]
    assert clear not in str(answer)
    assert lab.client("secretsmanager").get_secret_value(SecretId="y")["SecretString"] == clear


@pytest.mark.parametrize(
    ("made", "check"),
    [
        (Generate(length=21), lambda text: len(text) == 21),
        (Generate(size=32), lambda text: len(text) == 44),
        (Generate(length=20, key="k"), lambda text: len(json.loads(text)["k"]) == 20),
        (Generate(length=40, options={"excludePunctuation": True}), str.isalnum),
    ],
)
def test_generated_values_are_made_at_the_door(door: Aws, lab: Lab, made: Generate, check: Any) -> None:
    for name in ("a", "b"):
        door.perform(Call("secretsmanager", "CreateSecret", {"name": name, "secretString": made}))
    first, second = (p["SecretString"] for p in sent(lab, "CreateSecret"))
    assert check(first)
    assert first != second


def test_a_binary_secret_cannot_be_used_and_that_is_said(door: Aws, lab: Lab) -> None:
    made = lab.client("secretsmanager").create_secret(Name="x", SecretBinary=b"1")
    with pytest.raises(Rejected, match="NoText"):
        door.perform(
            Call(
                "secretsmanager",
                "CreateSecret",
                {"name": "y", "secretString": SecretRef(made["ARN"], made["VersionId"])},
            )
        )


def test_a_refusal_that_repeats_a_secret_is_shown_without_it(door: Aws, lab: Lab) -> None:
    told = f"Value '{CANARY}' at 'masterUserPassword' is not good; postgres://u:{CANARY}@h"
    error = boto.ClientError({"Error": {"Code": "InvalidParameterValue", "Message": told}}, "X")
    for params in ({"masterUserPassword": CANARY}, {"masterUserPassword": reference(lab)}):
        door._clients["rds", REGION, True] = Nobody(door._client("rds", REGION, writes=True), error)
        with pytest.raises(Rejected, match=r"Value '\(sensitive\)' at 'masterUserPassword'") as caught:
            door.perform(Call("rds", "CreateDBInstance", params))
        assert CANARY not in str(caught.value)


def test_only_what_is_secret_is_taken_out_of_a_refusal() -> None:
    told = [("LEVEL", "debug"), ("API_KEY", CANARY), ("MY_TOKEN", "a")]
    params = {"secretId": "arn:aws:secretsmanager:x", "environment": [{"name": n, "value": v} for n, v in told]}
    assert (
        discreet(f"debug arn:aws:secretsmanager:x a {CANARY}", params, ())
        == "debug arn:aws:secretsmanager:x a (sensitive)"
    )


def test_the_libraries_do_not_log_requests(door: Aws, lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, botocore writes every parameter in clear."""
    before = {name: logging.getLogger(name).level for name in (*LIBRARIES, "botocore.endpoint")}
    try:
        caplog.set_level(logging.DEBUG)
        for name in before:
            logging.getLogger(name).setLevel(logging.DEBUG)
        for capped in (False, True):
            caplog.clear()
            own = Aws(REGION, session=lab.session) if capped else door
            own.perform(Call("secretsmanager", "CreateSecret", {"name": f"s{capped}", "secretString": CANARY}))
            assert (CANARY in caplog.text) is not capped
        assert min(logging.getLogger(name).getEffectiveLevel() for name in before) == logging.INFO
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def test_a_quieter_log_stays_as_it_is(lab: Lab) -> None:
    logging.getLogger("botocore").setLevel(logging.ERROR)
    try:
        Aws(REGION, session=lab.session)
        assert logging.getLogger("botocore").level == logging.ERROR
    finally:
        logging.getLogger("botocore").setLevel(logging.NOTSET)
