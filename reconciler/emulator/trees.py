"""Answers as trees, XML and JSON alike, for layers that take something out of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reconciler.emulator.wire import Answer, Call


class Tree(Protocol):
    """A parsed answer."""

    def dump(self) -> bytes:
        """Return the answer's body again."""

    def values(self, keys: Collection[str]) -> list[str]:
        """Give the texts found under any of the keys, in document order."""

    def remove(self, identifiers: Collection[str], keys: Collection[str]) -> int:
        """Take the objects so identified out of all lists; returns how many."""

    def items(self, name: str) -> list[Any] | None:
        """Return the list of that name, or None."""

    def keep(self, name: str, first: int, last: int) -> None:
        """Shorten the list of that name to a slice."""

    def text(self, name: str) -> str | None:
        """Return the text of a top-level member."""

    def put(self, name: str, value: str) -> None:
        """Set a top-level member."""


def parse(call: Call, answer: Answer) -> Tree:
    """Parse the answer's body by the call's protocol."""
    return JsonTree(answer.body) if call.protocol in {"json", "rest-json"} else XmlTree(answer.body)


class JsonTree:
    """A JSON answer."""

    def __init__(self, body: bytes) -> None:
        """Parse; an empty body is an empty object."""
        self.root: dict[str, Any] = json.loads(body or b"{}")

    def dump(self) -> bytes:
        """See Tree."""
        return json.dumps(self.root).encode()

    def values(self, keys: Collection[str]) -> list[str]:
        """See Tree."""
        found = [node[key] for node in _nodes(self.root) if isinstance(node, dict) for key in keys if key in node]
        return [value for value in found if isinstance(value, str)]

    def remove(self, identifiers: Collection[str], keys: Collection[str]) -> int:
        """See Tree."""
        removed = 0
        for node in list(_nodes(self.root)):
            if isinstance(node, list):
                kept = [item for item in node if not _is(item, identifiers, keys)]
                removed += len(node) - len(kept)
                node[:] = kept
        return removed

    def items(self, name: str) -> list[Any] | None:
        """See Tree."""
        found = self.root.get(name)
        return found if isinstance(found, list) else None

    def keep(self, name: str, first: int, last: int) -> None:
        """See Tree."""
        self.root[name] = self.root[name][first:last]

    def text(self, name: str) -> str | None:
        """See Tree."""
        return self.root.get(name)

    def put(self, name: str, value: str) -> None:
        """See Tree."""
        self.root[name] = value == "true" if value in {"true", "false"} else value


class XmlTree:
    """An XML answer: the members of the result stand in whatever element holds them."""

    def __init__(self, body: bytes) -> None:
        """Parse, keeping the default namespace a default."""
        self.root = ET.fromstring(body)  # noqa: S314 - the emulator's own output
        self._prefix = self.root.tag[: self.root.tag.index("}") + 1] if self.root.tag.startswith("{") else ""
        if self._prefix:
            ET.register_namespace("", self._prefix[1:-1])

    def dump(self) -> bytes:
        """See Tree."""
        return bytes(ET.tostring(self.root, encoding="utf-8"))

    def values(self, keys: Collection[str]) -> list[str]:
        """See Tree."""
        return [element.text for element in self.root.iter() if _name(element) in keys and element.text]

    def remove(self, identifiers: Collection[str], keys: Collection[str]) -> int:
        """See Tree."""
        doomed = [
            (parent, child)
            for parent in self.root.iter()
            for child in parent
            if any(_name(leaf) in keys and leaf.text in identifiers for leaf in child)
            or (len(child) == 0 and child.text in identifiers and _name(child) in {"member", "item"})
        ]
        for parent, child in doomed:
            parent.remove(child)
        return len(doomed)

    def items(self, name: str) -> list[Any] | None:
        """See Tree."""
        found = self._find(name)
        return None if found is None else list(found)

    def keep(self, name: str, first: int, last: int) -> None:
        """See Tree."""
        found = self._find(name)
        if found is not None:
            found[:] = list(found)[first:last]

    def text(self, name: str) -> str | None:
        """See Tree."""
        found = self._find(name)
        return None if found is None else found.text

    def put(self, name: str, value: str) -> None:
        """See Tree."""
        found = self._find(name)
        if found is None:
            found = ET.SubElement(self._holder(), self._prefix + name)
        found.text = value

    def _holder(self) -> ET.Element:
        results = [element for element in self.root if _name(element).endswith("Result")]
        return results[0] if results else self.root

    def _find(self, name: str) -> ET.Element | None:
        return next((element for element in self._holder() if _name(element) == name), None)


def _nodes(tree: Any) -> Iterator[Any]:
    yield tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(child)


def _is(item: Any, identifiers: Collection[str], keys: Collection[str]) -> bool:
    if isinstance(item, str):
        return item in identifiers
    return isinstance(item, dict) and any(item.get(key) in identifiers for key in keys)


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
