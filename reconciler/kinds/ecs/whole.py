"""Structures that AWS registers as a whole, so that what git leaves out is out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...types import Difference, Schema, Struct, Text
from ...values import Unknown

_UNITS = re.compile(r"^([\d.]+) ?(?:vCPU|GB)$", re.IGNORECASE)


@dataclass(frozen=True)
class Whole(Struct):
    """Named parts, each compared whether git mentions it or not: one that is absent has its default, or is empty."""

    def canon(self, value: Any) -> Any:
        """Return the known parts that say something."""
        if not isinstance(value, Mapping):
            return value
        told = {k: self.parts[k].canon(v) for k, v in value.items() if k in self.parts and v is not None}
        return {k: v for k, v in told.items() if not self._idle(k, v)}

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare every part of either side."""
        if isinstance(want, Unknown):
            yield Difference(path, want, have)
            return
        wanted, found = self.canon(want), self.canon({} if have is None else have)
        for name in sorted(wanted.keys() | found.keys()):
            inner = f"{path}.{name}" if path else name
            if name in wanted and name in found:
                yield from self.parts[name].diff(inner, wanted[name], found[name])
            else:
                yield Difference(inner, wanted.get(name), found.get(name))

    def _idle(self, name: str, value: Any) -> bool:
        if isinstance(value, Unknown):
            return False
        return value == self.defaults[name] if name in self.defaults else value in ("", [], {}) or value is False


@dataclass(frozen=True)
class Amount(Text):
    """An amount of CPU units or MiB, as a text or a number, also as ``0.5 vCPU`` or ``1 GB``."""

    def schema(self) -> Schema:
        """Return a text or a whole number."""
        return {**super().schema(), "type": ["string", "integer"]}

    def canon(self, value: Any) -> Any:
        """Return the number of units as a text."""
        units = _UNITS.match(value) if isinstance(value, str) else None
        return str(int(float(units[1]) * 1024)) if units else str(value) if isinstance(value, int) else value

    def encode(self, value: Any) -> Any:
        """Return a text."""
        return self.canon(value)


def amount(value: Any) -> int | None:
    """Return the number of units; None where it is not known yet."""
    text = Amount().canon(value)
    return int(text) if isinstance(text, str) and text.isdigit() else None
