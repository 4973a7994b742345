"""The subscriptions of a topic, and when two lists of them mean the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...kind import Calls, Live, Program, Raw, Wanted
from ...types import Difference, Document, Flag, ListOf, Ref, Struct, Text
from . import SNS, capital, text
from .delivery import SUBSCRIPTION_POLICY

PROTOCOLS = ("http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose")
ATTRIBUTES = {
    "filterPolicy": Document(),
    "filterPolicyScope": Text(enum=("MessageAttributes", "MessageBody")),
    "rawMessageDelivery": Flag(),
    "deliveryPolicy": SUBSCRIPTION_POLICY,
    "redrivePolicy": Document(),
    "subscriptionRoleArn": Ref(kind="Role"),
}
DEFAULTS = {"filterPolicy": {}, "filterPolicyScope": "MessageAttributes", "rawMessageDelivery": False}
SUBSCRIPTION = Struct(
    {"protocol": Text(enum=PROTOCOLS), "endpoint": Text(), **ATTRIBUTES},
    required=("protocol", "endpoint"),
    defaults=DEFAULTS,
)
WAITING, DELETED = "PendingConfirmation", "Deleted"
"""What stands in the place of an ARN: nobody has confirmed yet; a tombstone."""


class Subscriptions(ListOf):
    """Subscriptions in any order; one that waits for a person's word is as it should be."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield what is missing, what is too much, and what differs within a confirmed one."""
        wanted, found = ({identity(item): item for item in side or ()} for side in (want, have))
        for key in [*wanted, *(k for k in found if k not in wanted)]:
            inner, now = f"{path}[{' '.join(map(str, key))}]", found.get(key)
            if now is not None and now.get("pending"):
                continue
            if key in wanted and now is not None:
                yield from self.item.diff(inner, wanted[key], now)
            else:
                yield Difference(inner, wanted.get(key), now)


def identity(item: Raw) -> tuple[Any, Any]:
    """Return what makes two subscriptions the same one."""
    return item.get("protocol"), item.get("endpoint")


def read(topic: str) -> Program[list[dict[str, Any]]]:
    """Return the topic's subscriptions as git would write them, each with its ``arn``, or ``pending``."""
    answer = yield SNS.call("ListSubscriptionsByTopic", topicArn=topic, missing=("NotFound", "NotFoundException"))
    found: list[dict[str, Any]] = []
    for listed in (answer or {}).get("subscriptions", ()):
        arn, item = listed["subscriptionArn"], {"protocol": listed["protocol"], "endpoint": listed["endpoint"]}
        if arn == WAITING:
            found.append({**item, "pending": True})
        elif arn != DELETED:
            more = yield SNS.call(
                "GetSubscriptionAttributes", subscriptionArn=arn, missing=("NotFound", "NotFoundException")
            )
            said = (more or {}).get("attributes", {})
            told = {n: t.decode(said[capital(n)]) for n, t in ATTRIBUTES.items() if said.get(capital(n))}
            found.append({**item, **told, "arn": arn, **({"pending": True} if said.get(WAITING) == "true" else {})})
    return found


def converge(want: Wanted, live: Live) -> Calls:
    """Subscribe, change and unsubscribe; who was asked to confirm is never asked again."""
    found = {identity(item): item for item in live.raw.get("subscriptions", ())}
    wanted = {identity(item): item for item in want["subscriptions"]}
    for key, item in wanted.items():
        told = {n: text(ATTRIBUTES[n].encode(v)) for n, v in item.items() if n in ATTRIBUTES}
        now = found.get(key)
        if now is None:
            to = {"protocol": key[0], "endpoint": key[1], "returnSubscriptionArn": True}
            attributes = {capital(n): v for n, v in told.items()}
            yield SNS.call("Subscribe", topicArn=live.id, attributes=attributes or None, **to)
        elif not now.get("pending"):
            yield from _set(now, {n: v for n, v in told.items() if differs(n, item, now)})
    for key, item in found.items():
        if key not in wanted and not item.get("pending"):
            yield SNS.call("Unsubscribe", subscriptionArn=item["arn"], missing=("NotFound", "NotFoundException"))


def differs(name: str, want: Raw, have: Raw) -> bool:
    """Whether one attribute of a subscription must be written."""
    return any(True for _ in ATTRIBUTES[name].diff(name, want[name], have.get(name, DEFAULTS.get(name))))


def waiting(subscriptions: Iterable[Raw]) -> list[str]:
    """Return the endpoints that nobody has confirmed yet."""
    return [str(item["endpoint"]) for item in subscriptions if item.get("pending")]


def _set(now: Raw, told: Raw) -> Calls:
    for name, value in told.items():
        yield SNS.call(
            "SetSubscriptionAttributes", subscriptionArn=now["arn"], attributeName=capital(name), attributeValue=value
        )
