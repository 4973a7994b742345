"""Settings of engines, which spell a switch in their own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..kind import Raw
from ..types import Text

SWITCHES = {"on": "1", "true": "1", "yes": "1", "off": "0", "false": "0", "no": "0"}


@dataclass(frozen=True)
class Setting(Text):
    """The value of a parameter; on, true, yes and 1 mean the same."""

    def canon(self, value: Any) -> Any:
        """Return switches as 1 and 0."""
        return SWITCHES.get(value.lower(), value) if isinstance(value, str) else value


def spelled(value: str, allowed: Any) -> str:
    """Return the value as the engine writes it; ``allowed``: the values that it takes, between commas."""
    same = Setting().canon(value)
    return next((v for v in str(allowed or "").split(",") if Setting().canon(v) == same), value)


def values_of(answer: Raw | None) -> Raw | None:
    """Return the values by name that a list of parameters tells; None if there is no such group."""
    if answer is None:
        return None
    found = answer.get("parameters", ())
    return {p["parameterName"]: p["parameterValue"] for p in found if p.get("parameterValue") is not None}
