"""How often HTTP deliveries are tried: AWS answers with every part, whoever said only some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...types import Document

RETRIES: Mapping[str, Any] = {
    "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0, "numNoDelayRetries": 0,
    "numMinDelayRetries": 0, "backoffFunction": "linear",
}  # fmt: skip
"""The retries of which a policy says some."""
TOPIC = {"disableSubscriptionOverrides": False}
SUBSCRIPTION = {"guaranteed": False}
"""What stands in an answer though nobody said it."""


def of_topic(policy: Any) -> Any:
    """Return a topic's policy with all that AWS adds to it."""
    http = policy.get("http") if isinstance(policy, Mapping) else None
    return {**policy, "http": _whole(http, "defaultHealthyRetryPolicy", TOPIC)} if isinstance(http, Mapping) else policy


def of_subscription(policy: Any) -> Any:
    """Return a subscription's policy with all that AWS adds to it."""
    return _whole(policy, "healthyRetryPolicy", SUBSCRIPTION) if isinstance(policy, Mapping) and policy else policy


def _whole(told: Mapping[str, Any], retries: str, added: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in told.items() if value is not None}
    request = said.get("defaultRequestPolicy") or said.get("requestPolicy")
    if request == {"headerContentType": "text/plain; charset=UTF-8"}:
        said = {name: value for name, value in said.items() if value != request}
    tried = {retries: {**RETRIES, **said[retries]}} if isinstance(said.get(retries), Mapping) else {}
    return {**added, **said, **tried}


TOPIC_POLICY, SUBSCRIPTION_POLICY = Document(of_topic), Document(of_subscription)
