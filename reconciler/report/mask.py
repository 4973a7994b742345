"""What may be shown of a value. Secrets are closed by their type; this also closes what merely looks like one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..expressions import Template
from ..values import HIDDEN, Unknown, hidden, scrubbed, telling

_BY_NAME = ("environment", "parameters")


def sensitive(path: str, *values: Any) -> bool:
    """Whether any of the values at this path must not be shown."""
    top = path.partition(".")[0]
    by_name = any(f".{part}." in f".{path}." for part in _BY_NAME) and telling(path.rpartition(".")[2])
    return by_name or top == "masterUserPassword" or any(hidden(v) for v in values)


def pair(path: str, desired: Any, live: Any) -> tuple[Any, Any]:
    """Return both values as they may be shown."""
    if sensitive(path, desired, live):
        return HIDDEN, HIDDEN if live is None else "(sensitive, differs)"
    # A field of AWS's own is no secret by its name; what stands below one is named by people.
    name = path.rpartition(".")[2] if "." in path else ""
    return cleaned(shown(desired), name), cleaned(shown(live), name)


def shown(value: Any) -> Any:
    """Return a value as a report shows it: what is not known yet as git has it."""
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, Template):
        return str(value)
    if isinstance(value, Mapping):
        return {k: shown(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [shown(v) for v in value]
    return value


def cleaned(value: Any, name: str = "") -> Any:
    """Return the value without passwords in URLs and without the values of names that tell of a secret."""
    if isinstance(value, Mapping):
        return {k: cleaned(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [cleaned(v, name) for v in value]
    if hidden(value) or (isinstance(value, str) and name and telling(name) and not value.startswith(("arn:", "${"))):
        return HIDDEN
    return scrubbed(value) if isinstance(value, str) else value
