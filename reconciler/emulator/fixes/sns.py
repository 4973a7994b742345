"""SNS behaving like itself: a person has to confirm an e-mail subscription."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.sns.models import SNSBackend, sns_backends
from moto.sns.responses import SNSResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

_BY_HAND = {"email", "email-json", "http", "https"}
_PENDING = "PendingConfirmation"


def _pending(subscription: Moto) -> bool:
    return subscription.protocol in _BY_HAND and not subscription.confirmed


def confirm(account: str, region: str, endpoint: str) -> None:
    """Do what the person at this address does with the link in the mail."""
    for subscription in sns_backends[account][region].subscriptions.values():
        if subscription.endpoint == endpoint:
            subscription.confirmed = True
            subscription.attributes["PendingConfirmation"] = "false"


def _shown(subscription: Moto) -> Json:
    return {
        "SubscriptionArn": _PENDING if _pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }


def _listed(original: Method, self: Moto) -> Any:
    answer = original(self)
    answer.result["Subscriptions"] = [_shown(subscription) for subscription in answer.result["Subscriptions"]]
    return answer


def _subscribe(original: Method, self: Moto) -> Any:
    protocol, endpoint = self._get_param("Protocol"), self._get_param("Endpoint") or ""
    if protocol in ("email", "email-json") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", endpoint):
        refuse("InvalidParameter", "Invalid parameter: Email address")
    answer = original(self)
    subscription = self.backend.subscriptions[answer.result["SubscriptionArn"]]
    if _pending(subscription):
        subscription.attributes["PendingConfirmation"] = "true"
        if not self._get_bool_param("ReturnSubscriptionArn"):
            return ActionResult({"SubscriptionArn": "pending confirmation"})
    return answer


def _unsubscribe(original: Method, self: Moto) -> Any:
    arn = self._get_param("SubscriptionArn")
    if not arn.startswith("arn:"):
        parts = len(arn.split(":"))
        refuse(
            "InvalidParameter",
            f"Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not {parts}",
        )
    return original(self)


def _same(attribute: str, wanted: str, present: object) -> bool:
    if attribute == "Policy":
        return bool(json.loads(wanted) == json.loads(str(present)))
    return str(wanted).lower() == str(present).lower()


def _create(original: Method, self: Moto, name: str, attributes: Any = None, tags: Any = None) -> Moto:
    arn = f"arn:aws:sns:{self.region_name}:{self.account_id}:{name}"
    topic = self.topics.get(arn)
    if topic is None:
        return original(self, name, attributes, tags)
    for attribute, wanted in (attributes or {}).items():
        if not _same(attribute, wanted, getattr(topic, camelcase_to_underscores(attribute), "")):
            refuse(
                "InvalidParameter",
                "Invalid parameter: Attributes Reason: Topic already exists with different attributes",
            )
    if tags and tags != topic._tags:
        refuse("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags")
    return topic


_KEPT = {"TracingConfig": "tracing_config", "SignatureVersion": "signature_version"}


def _attributes(original: Method, self: Moto) -> Any:
    answer = original(self)
    arn = self._get_param("TopicArn")
    of_topic = [s for s in self.backend.subscriptions.values() if s.topic_arn == arn]
    waiting = sum(_pending(subscription) for subscription in of_topic)
    counts = {"SubscriptionsPending": waiting, "SubscriptionsConfirmed": len(of_topic) - waiting}
    topic = self.backend.get_topic(arn)
    kept = {name: getattr(topic, attribute) for name, attribute in _KEPT.items() if hasattr(topic, attribute)}
    shown = {**answer.result["Attributes"], **kept, **{name: str(value) for name, value in counts.items()}}
    answer.result["Attributes"] = {name: value for name, value in shown.items() if value != ""}
    answer.result["Attributes"].setdefault("DisplayName", "")
    return answer


@once
def install() -> None:
    """Make topics and subscriptions behave as on AWS."""
    replace_all(
        SNSResponse,
        {
            "get_topic_attributes": _attributes,
            "list_subscriptions": _listed,
            "list_subscriptions_by_topic": _listed,
            "subscribe": _subscribe,
            "unsubscribe": _unsubscribe,
        },
    )
    replaces(SNSBackend, "create_topic")(_create)
