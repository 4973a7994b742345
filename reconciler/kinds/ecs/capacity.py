"""Where tasks run: on capacity providers, by weight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...types import Integer, SetOf, Struct, Text

FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})
STRATEGY = SetOf(
    Struct(
        {"capacityProvider": Text(), "weight": Integer(0, 1000), "base": Integer(0, 100000)},
        required=("capacityProvider",),
        defaults={"weight": 0, "base": 0},
    ),
    by="capacityProvider",
)


def providers(strategy: Any) -> list[str]:
    """Return the names in a strategy that are known offline."""
    items = strategy if isinstance(strategy, list) else ()
    return [item["capacityProvider"] for item in items if isinstance(item.get("capacityProvider"), str)]


def strategy_faults(strategy: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, message) for what AWS would refuse of a strategy."""
    items, names = strategy if isinstance(strategy, list) else [], providers(strategy)
    if items and all(item.get("weight", 0) == 0 for item in items):
        yield path, "no provider has a weight, so that no task could be placed. Give one of them a weight"
    if len([item for item in items if item.get("base", 0) != 0]) > 1:
        yield path, "only one provider can have a base. Take the others away"
    if FARGATE.intersection(names) and set(names) - FARGATE:
        yield path, "Fargate cannot be mixed with providers of instances. Use either"
