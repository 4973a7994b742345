"""Two spellings of one meaning, where AWS answers in another one than it was told."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.sns.delivery import SUBSCRIPTION_POLICY, TOPIC_POLICY
from reconciler.kinds.wafv2 import Nested
from reconciler.types import Type

RETRIES = {
    "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 7, "numMaxDelayRetries": 0, "numNoDelayRetries": 0,
    "numMinDelayRetries": 0, "backoffFunction": "linear",
}  # fmt: skip
FEW = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 7}}}
ALL = {"http": {"defaultHealthyRetryPolicy": RETRIES, "disableSubscriptionOverrides": False}}
AGENT, LOWER = ({"singleHeader": {"name": name}} for name in ("User-Agent", "user-agent"))
KEY = "1f955606-e25e-4b85-bd27-8139ecd016a4"
WAF = Nested()


@pytest.mark.parametrize(
    ("kind", "want", "have"),
    [
        (TOPIC_POLICY, FEW, ALL),
        (SUBSCRIPTION_POLICY, {"healthyRetryPolicy": {"numRetries": 7}},
         {"healthyRetryPolicy": RETRIES, "sicklyRetryPolicy": None, "guaranteed": False}),
        (WAF, {"fieldToMatch": AGENT}, {"fieldToMatch": LOWER}),
        (WAF, {"forwardedIPConfig": {"headerName": "X-Real-IP"}}, {"forwardedIPConfig": {"headerName": "x-real-ip"}}),
        (WAF, {"countryCodes": ["US", "CA"]}, {"countryCodes": ["CA", "US"]}),
        (WAF, {"name": "Common"}, {"name": "Common", "excludedRules": [], "managedRuleGroupConfigs": []}),
        (WAF, {"limit": 100}, {"limit": 100, "evaluationWindowSec": 300}),
        *((KINDS[name].fields[n].type, KEY, f"arn:aws:kms:us-east-1:123456789012:key/{KEY}") for name, n in (
            ("Secret", "kmsKeyId"), ("LogGroup", "kmsKeyId"), ("Topic", "kmsMasterKeyId"), ("DBInstance", "kmsKeyId"))),
    ],
)  # fmt: skip
def test_the_same(kind: Type, want: Any, have: Any) -> None:
    assert [*kind.diff("it", want, have), *kind.diff("it", have, want)] == []


@pytest.mark.parametrize(
    ("kind", "want", "have"),
    [
        (TOPIC_POLICY, FEW, {"http": {"defaultHealthyRetryPolicy": {**RETRIES, "numRetries": 3}}}),
        (TOPIC_POLICY, FEW, {"http": {"defaultHealthyRetryPolicy": {**RETRIES, "minDelayTarget": 5}}}),
        (TOPIC_POLICY, FEW, {"http": {**ALL["http"], "disableSubscriptionOverrides": True}}),
        (WAF, {"fieldToMatch": AGENT}, {"fieldToMatch": {"singleHeader": {"name": "cookie"}}}),
        (WAF, {"searchString": "Bot"}, {"searchString": "bot"}),
        (WAF, {"countryCodes": ["US", "CA"]}, {"countryCodes": ["US"]}),
        (WAF, {"allow": {}}, {}),
        (WAF, {"excludedRules": []}, {"excludedRules": [{"name": "NoUserAgent_HEADER"}]}),
        (KINDS["Secret"].fields["kmsKeyId"].type, KEY, f"arn:aws:kms:us-east-1:123456789012:key/{KEY[::-1]}"),
    ],
)
def test_not_the_same(kind: Type, want: Any, have: Any) -> None:
    assert [*kind.diff("it", want, have)]
