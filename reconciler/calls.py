"""A call to AWS, as a value, and programs of calls. There is one spelling: the API's names in lowerCamelCase."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any, TypeVar

T = TypeVar("T")
Raw = Mapping[str, Any]
Tags = Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """One call to the AWS API, as a value; ``missing`` are the error codes that mean "does not exist"."""

    service: str
    operation: str
    params: Raw = data(default_factory=dict)
    missing: tuple[str, ...] = ()
    region: str = ""
    """Only where a service insists on another region than the stack's."""
    token: str = ""
    """The parameter that takes an idempotency token; the door derives its value."""

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def writes(self) -> bool:
        """Whether it changes anything in AWS."""
        return not self.operation.startswith(("Describe", "List", "Get", "Head", "Batch", "Filter", "Simulate"))


Program = Generator[Call, Any, T]
"""Yields calls, is sent their answers, returns what it learnt."""
Calls = Generator[Call, Any, None]


def pairs(tags: Tags, key: str = "key", value: str = "value") -> list[dict[str, str]]:
    """Return tags in the list form that most services want."""
    return [{key: k, value: v} for k, v in tags.items()]


def unpairs(listed: Iterable[Raw] | None, key: str = "key", value: str = "value") -> dict[str, str]:
    """Return the map that a list of pairs stands for."""
    return {pair[key]: pair.get(value, "") for pair in listed or ()}


def at(raw: Any, path: str) -> Any:
    """Follow a dotted path; numbers index lists, ``*`` collects over a list. None where it leads nowhere."""
    for i, step in enumerate(steps := path.split(".")):
        if raw is None:
            return None
        if step == "*":
            rest = ".".join(steps[i + 1 :])
            return [at(item, rest) if rest else item for item in raw]
        listed = isinstance(raw, (list, tuple))
        raw = dict(enumerate(raw)).get(int(step)) if listed else raw.get(step)
    return raw
