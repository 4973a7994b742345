"""Variables of the stack → their values, wherever a document names them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..expressions import Reference, Template, Variable, joined
from .words import meant
from .yaml import Path

Variables = Mapping[str, Any] | None
"""None: nobody knows them, and any may be named."""
Missing = list[tuple[Path, str]]


def filled(data: Any, variables: Variables, missing: Missing, path: Path = ()) -> Any:
    """Return the tree with its variables filled in; each that does not exist goes to ``missing``, with its place."""
    if isinstance(data, dict):
        return {k: filled(v, variables, missing, (*path, k)) for k, v in data.items()}
    if isinstance(data, list):
        return [filled(v, variables, missing, (*path, i)) for i, v in enumerate(data)]
    if isinstance(data, Template) and variables is not None:
        return _filled(data, variables, missing, path)
    return data


def _filled(value: Template, variables: Mapping[str, Any], missing: Missing, path: Path) -> Any:
    for reference in value.references:
        if reference.variables:
            said = f"{reference} is named by a variable, and an address is the same everywhere. Write a plain name"
            missing.append((path, said))
    unknown = [p for p in dict.fromkeys(value.parts) if isinstance(p, Variable) and p.name not in variables]
    for part in unknown:
        said = f"{part} is not a variable of the stack.{meant(part.name, variables)} Add it to spec.variables"
        missing.append((path, said))
    if unknown:
        return value
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        return variables[value.parts[0].name]
    return joined([part for p in value.parts for part in _parts(p, variables)])


def _parts(part: str | Reference | Variable, variables: Mapping[str, Any]) -> Iterable[str | Reference | Variable]:
    found = variables[part.name] if isinstance(part, Variable) else part
    return found.parts if isinstance(found, Template) else [found if isinstance(found, Reference) else text(found)]


def text(value: Any) -> str:
    """Return a scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def referring(data: Any, path: Path = ()) -> Iterator[tuple[Path, Template]]:
    """Yield what refers to resources, with its place."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from referring(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from referring(value, (*path, i))
    elif isinstance(data, Template) and any(isinstance(p, Reference) for p in data.parts):
        yield path, data
