"""When people are told about a budget, and who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...kind import Calls, Program, Raw
from ...types import Difference, ListOf, Number, SetOf, Struct, Text
from . import BUDGETS, GONE

MOST = {"EMAIL": 10, "SNS": 1}
"""Subscribers of each kind that a notification may have."""
PERCENTAGE = "PERCENTAGE"
SUBSCRIBERS = SetOf(
    Struct({"subscriptionType": Text(enum=tuple(MOST)), "address": Text()}, required=("subscriptionType", "address")),
    least=1, most=sum(MOST.values()),
)  # fmt: skip
WHEN = {
    "notificationType": Text(enum=("ACTUAL", "FORECASTED")),
    "comparisonOperator": Text(enum=("GREATER_THAN", "LESS_THAN", "EQUAL_TO")),
    "threshold": Number(0),
    "thresholdType": Text(enum=(PERCENTAGE, "ABSOLUTE_VALUE")),
}
NOTIFICATION = Struct(
    {**WHEN, "subscribers": SUBSCRIBERS},
    required=("notificationType", "comparisonOperator", "threshold", "subscribers"),
    defaults={"thresholdType": PERCENTAGE},
)
Identity = tuple[Any, ...]


class Notifications(ListOf):
    """Notifications in any order; AWS knows them by what sets them off."""

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Yield what is missing, what is too much, and whose subscribers differ."""
        wanted, found = ({identity(item): item for item in side or ()} for side in (want, have))
        for key in [*wanted, *(k for k in found if k not in wanted)]:
            inner = f"{path}[{' '.join(f'{part:g}' if isinstance(part, float) else str(part) for part in key)}]"
            if key in wanted and key in found:
                told, now = wanted[key]["subscribers"], found[key].get("subscribers")
                yield from SUBSCRIBERS.diff(f"{inner}.subscribers", told, now)
            else:
                yield Difference(inner, wanted.get(key), found.get(key))


def identity(item: Raw) -> Identity:
    """Return what makes two notifications of a budget the same one."""
    told = {"thresholdType": PERCENTAGE, **{k: v for k, v in item.items() if v is not None}}
    return tuple(kind.canon(told.get(name)) for name, kind in WHEN.items())


def when(item: Raw) -> dict[str, Any]:
    """Return a notification as calls name it."""
    return dict(zip(WHEN, identity(item), strict=True))


def read(budget: Raw) -> Program[list[Raw] | None]:
    """Return a budget's notifications with their subscribers; None if there is no such budget."""
    answer = yield BUDGETS.call("DescribeNotificationsForBudget", missing=GONE, **budget)
    if answer is None:
        return None
    found: list[Raw] = []
    for one in answer.get("notifications") or ():
        more = yield BUDGETS.call("DescribeSubscribersForNotification", notification=when(one), missing=GONE, **budget)
        found.append({**when(one), "subscribers": (more or {}).get("subscribers") or []})
    return found


def converge(budget: Raw, want: list[Raw], have: list[Raw]) -> Calls:
    """Move what has the same subscribers, remove, make: AWS allows so few that there may be no room for more."""
    wanted, found = ({identity(item): item for item in side} for side in (want, have))
    for key in (k for k in wanted if k in found):
        yield from _subscribers({**budget, "notification": when(wanted[key])}, wanted[key], found[key])
    new, old = (
        [item for k, item in side.items() if k not in other] for side, other in ((wanted, found), (found, wanted))
    )
    for item in list(new):
        same = next((o for o in old if _told(o) == _told(item)), None)
        if same is not None:
            old.remove(same)
            new.remove(item)
            yield BUDGETS.call(
                "UpdateNotification", oldNotification=when(same), newNotification=when(item), **budget
            )  # fmt: skip
    for item in old:
        yield BUDGETS.call("DeleteNotification", notification=when(item), missing=GONE, **budget)
    for item in new:
        told = list(item["subscribers"])
        yield BUDGETS.call("CreateNotification", notification=when(item), subscribers=told, **budget)


def _told(item: Raw) -> Any:
    return SUBSCRIBERS.canon(item.get("subscribers") or ())


def _subscribers(place: Raw, want: Raw, have: Raw) -> Calls:
    """Change one into another where the kind is full, and never leave none: AWS would delete the notification."""
    new = [s for s in want["subscribers"] if s not in have["subscribers"]]
    old = [s for s in have["subscribers"] if s not in want["subscribers"]]
    for one in list(new):
        other = next((s for s in old if s["subscriptionType"] == one["subscriptionType"]), None)
        if other is not None:
            old.remove(other)
            new.remove(one)
            yield BUDGETS.call("UpdateSubscriber", oldSubscriber=other, newSubscriber=one, **place)
    for one in new:
        yield BUDGETS.call("CreateSubscriber", subscriber=one, **place)
    for one in old:
        yield BUDGETS.call("DeleteSubscriber", subscriber=one, missing=GONE, **place)


def check(items: Any) -> Iterator[tuple[str, str]]:
    """Yield (path, message): each stands there once, and AWS tells only so many."""
    seen = set()
    for i, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, Mapping):
            continue
        if identity(item) in seen:
            yield f"notifications[{i}]", "stands there twice. Put the subscribers together"
        seen.add(identity(item))
        kinds = [who.get("subscriptionType") for who in item.get("subscribers") or () if isinstance(who, Mapping)]
        for kind, most in MOST.items():
            if kinds.count(kind) > most:
                where = f"notifications[{i}].subscribers"
                yield where, f"has {kinds.count(kind)} of {kind}, and AWS allows {most}. Remove some"
