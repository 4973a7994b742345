"""What crosses the wire: a request as it was understood, its answer, and the record that is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

READING: Final = ("Describe", "List", "Get", "Head", "Lookup", "Search", "Filter", "BatchGet", "Simulate")
HTTP_ERROR: Final = 400
EMULATOR_FAULT: Final = 500


@dataclass(frozen=True)
class Call:
    """One request, before it is answered. `params` has botocore's names and shapes for all protocols."""

    service: str
    operation: str
    protocol: str
    params: Mapping[str, Any]
    account: str
    region: str

    @property
    def key(self) -> str:
        """`service:Operation`, which is what faults are aimed at."""
        return f"{self.service}:{self.operation}"

    @property
    def writes(self) -> bool:
        """Whether the operation may change anything."""
        return not self.operation.startswith(READING)

    def names(self, identifier: str) -> bool:
        """Whether a parameter, at any depth, is exactly `identifier`."""
        return any(leaf == identifier for leaf in _leaves(self.params))


@dataclass(frozen=True)
class Answer:
    """A whole HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return self.status < HTTP_ERROR

    def with_body(self, body: bytes) -> Answer:
        """Return this answer with another body and the headers that depend on it dropped."""
        kept = tuple((k, v) for k, v in self.headers if k.lower() not in {"content-length", "x-amz-crc32"})
        return Answer(self.status, kept, body)


@dataclass(frozen=True)
class Wire:
    """The record of one request. `status` is what the client saw: 0 when the connection broke."""

    n: int
    service: str
    operation: str
    writes: bool
    params: Mapping[str, Any] = field(repr=False)
    status: int
    account: str
    region: str
    injected: bool = False

    @property
    def key(self) -> str:
        """`service:Operation`."""
        return f"{self.service}:{self.operation}"

    @property
    def blunder(self) -> bool:
        """Whether the emulator itself is at fault: it crashed, or does not know the operation."""
        return not self.injected and (self.status >= EMULATOR_FAULT or self.operation.startswith("?"))


class DroppedError(ConnectionError):
    """The client must see a broken connection instead of an answer."""


def _leaves(tree: Any) -> Iterator[str]:
    children: Iterable[Any]
    if isinstance(tree, Mapping):
        children = tree.values()
    elif isinstance(tree, list | tuple):
        children = tree
    else:
        yield str(tree)
        return
    for child in children:
        yield from _leaves(child)
