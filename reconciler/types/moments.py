"""Points in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from .scalars import Text


@dataclass(frozen=True)
class Moment(Text):
    """A day, or a moment of it; UTC, unless it says another offset."""

    pattern: str = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$"

    def canon(self, value: Any) -> Any:
        """Return the moment in UTC, to the second."""
        found = moment(value)
        return value if found is None else f"{found:%Y-%m-%dT%H:%M:%SZ}"

    def encode(self, value: Any) -> Any:
        """Return the moment in UTC."""
        return self.canon(value)

    def decode(self, value: Any) -> Any:
        """Return the moment as YAML has it."""
        return self.canon(value)


def moment(value: Any) -> dt.datetime | None:
    """Return the moment that a text, or an answer, stands for; None if it is none."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, dt.datetime):
        return None
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
