"""What the kinds say about themselves, in words: for ``explain`` and for the reference pages. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .kind import Field, Kind
from .kinds import KINDS


def summary() -> str:
    """Return a line per kind."""
    return "\n".join(f"{name:20} {(kind.__doc__ or '').partition(chr(10))[0]}" for name, kind in KINDS.items())


def describe_kind(kind: Kind) -> str:
    """Return what a kind is and a line per field."""
    shown = {n: f for n, f in kind.fields.items() if f.implied is None}
    width = max(map(len, shown), default=0)
    lines = [f"{kind.name}: {(kind.__doc__ or '').strip()}", "", "Fields:"]
    lines += [f"  {n:{width}}  {'(required) ' if f.required else ''}{f.doc}" for n, f in shown.items()]
    lines += [
        "",
        f"References: ${{{kind.name}/name}}, and ${{{kind.name}/name:attribute}} with arn, id, name"
        + "".join(f", {a}" for a in kind.attributes),
    ]
    if kind.holds_data:
        lines += ["It holds data: it is never deleted or replaced unless its lifecycle says so."]
    if kind.left_out:
        lines += [f"Left out: {kind.left_out}"]
    return "\n".join(lines)


def describe_field(kind: Kind, path: str) -> str | None:
    """Return what a field is, at any depth; None if there is no such field."""
    top, _, rest = path.partition(".")
    known = kind.fields.get(top)
    if known is None or known.implied is not None:
        return None
    found = known.type
    for step in filter(None, rest.split(".")):
        if step not in found.inner():
            return None
        found = found.inner()[step]
    lines = [f"{kind.name}.{path}: {form(found.schema())}"]
    if not rest:
        lines += [known.doc, *([f"Default: {known.default}"] if known.default else []), effect(kind, top, known)]
    lines += [f"  {name}: {form(part.schema())}" for name, part in found.inner().items()]
    return "\n".join(lines)


def effect(kind: Kind, name: str, field: Field) -> str:
    """Return what a change of the field does."""
    if kind.renews:
        return "A change makes a new revision."
    if not field.compared:
        return "A change does nothing by itself: it says how something is done, or begins."
    if kind.changes_in_place(name):
        return "A change is made in place" + (f": {field.impact}." if field.impact != "none" else ".")
    order = "the new one first" if kind.coexists else "the old one is deleted first"
    return f"A change replaces the object ({order})."


def form(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in a few words."""
    if refers := schema.get("x-refersTo"):
        return f"reference to {str(refers).replace('|', ' or ')}"
    kinds = schema.get("type", "map" if "properties" in schema else "")
    word = " or ".join(kinds if isinstance(kinds, list) else [kinds]).replace("object", "map")
    if "enum" in schema:
        return f"{word}, one of {', '.join(map(str, schema['enum']))}".lstrip(", ")
    if kinds == "array":
        return f"list of {form(schema['items'])}" if "items" in schema else "list"
    if kinds == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"map of {form(schema['additionalProperties'])}"
    bounds = [f"{w} {schema[k]}" for k, w in (("minimum", "at least"), ("maximum", "at most")) if k in schema]
    return " ".join(filter(None, [word, *bounds])) or "any"
