"""Who is told of anomalies: the subscriptions of a monitor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...kind import Calls, Live, Program, Raw, Wanted
from ...types import SetOf, Struct, Text
from . import CE
from .expression import Expression, faults

GONE = ("UnknownMonitorException",)
ENDED = ("UnknownSubscriptionException",)
CHANNELS = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}
"""How often somebody is told → the only way in which AWS does it."""
SUBSCRIPTION = Struct({
    "subscriptionName": Text(),
    "frequency": Text(enum=tuple(CHANNELS)),
    "thresholdExpression": Expression(),
    "subscribers": SetOf(Struct(
        {"type": Text(enum=("EMAIL", "SNS")), "address": Text(length=(6, 302))}, required=("type", "address")
    ), by="address", least=1),
}, required=("subscriptionName", "frequency", "thresholdExpression", "subscribers"))  # fmt: skip
SUBSCRIPTIONS = SetOf(SUBSCRIPTION, by="subscriptionName")


def read(monitor: str) -> Program[list[Raw]]:
    """Return the subscriptions of a monitor, as AWS shows them."""
    answer = yield CE.call("GetAnomalySubscriptions", monitorArn=monitor, missing=(*GONE, *ENDED))
    return list((answer or {}).get("anomalySubscriptions", ()))


def converge(want: Wanted, live: Live) -> Calls:
    """Subscribe, change, and end what git does not name."""
    found = {one["subscriptionName"]: one for one in live.raw.get("subscriptions", ())}
    for item in want["subscriptions"]:
        told, now = SUBSCRIPTION.encode(item), found.pop(item["subscriptionName"], None)
        if now is None:
            yield CE.call("CreateAnomalySubscription", anomalySubscription={**told, "monitorArnList": [live.arn]})
        elif any(True for _ in SUBSCRIPTION.diff("", item, SUBSCRIPTION.decode(now))):
            yield CE.call("UpdateAnomalySubscription", subscriptionArn=now["subscriptionArn"], **told)
    for now in found.values():
        yield from end(now, live.arn)


def end(subscription: Raw, monitor: str) -> Calls:
    """End a subscription; one that listens to other monitors as well only lets go of this one."""
    arn, others = subscription["subscriptionArn"], [m for m in subscription.get("monitorArnList", ()) if m != monitor]
    if others:
        yield CE.call("UpdateAnomalySubscription", subscriptionArn=arn, monitorArnList=others, missing=ENDED)
    else:
        yield CE.call("DeleteAnomalySubscription", subscriptionArn=arn, missing=ENDED)


def check(items: Any) -> Iterator[tuple[str, str]]:
    """Yield (path, message): the frequency decides the channel, and each has a threshold that is one."""
    names = set()
    for i, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, Mapping):
            continue
        channel = CHANNELS.get(str(item.get("frequency")))
        for j, who in enumerate(item.get("subscribers") or ()):
            if channel and isinstance(who, Mapping) and who.get("type") in {*CHANNELS.values()} - {channel}:
                where = f"subscriptions[{i}].subscribers[{j}].type"
                yield where, f"{item['frequency']} messages go by {channel} only. Change one of them"
        yield from faults(item.get("thresholdExpression"), f"subscriptions[{i}].thresholdExpression")
        if item.get("subscriptionName") in names:
            yield f"subscriptions[{i}].subscriptionName", "stands there twice. Put them together"
        names.add(item.get("subscriptionName"))


def declined(subscriptions: Any) -> list[str]:
    """Return the addresses whose people do not want the messages."""
    listed = [who for one in subscriptions for who in one.get("subscribers", ())]
    return [str(who["address"]) for who in listed if who.get("status") == "DECLINED"]
