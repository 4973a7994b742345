"""Says what a schema found wrong in words: what, what is accepted, what was probably meant."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from ..expressions import Template
from ..values import HIDDEN, scrubbed, telling
from .yaml import Path, Written

NOUNS = {
    "string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "object": "a map", "array": "a list", "null": "nothing",
}  # fmt: skip
TYPES = {
    bool: "boolean", int: "integer", Written: "number", float: "number", str: "string", dict: "object", list: "array",
}  # fmt: skip
WORDS = {**dict.fromkeys(("yes", "on", "true"), "true"), **dict.fromkeys(("no", "off", "false"), "false")}
"""Words that YAML 1.2 leaves as texts, and a quoted true or false."""
BOUNDS = {
    "minimum": "below {}, the lowest that is accepted", "exclusiveMinimum": "not above {}",
    "maximum": "above {}, the highest that is accepted", "exclusiveMaximum": "not below {}",
}  # fmt: skip
COUNTS = {
    "minLength": ("at least", "character"), "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"), "maxItems": ("at most", "item"),
    "minProperties": ("at least", "entry"), "maxProperties": ("at most", "entry"),
}  # fmt: skip
FORMS = {"cidr": "a range of IP addresses such as 10.0.0.0/16", "date": "a date such as 2026-12-31"}
SIMILAR, SHORTEST = 0.6, 3
"""How much of two names must be alike, and how long a beginning must be to tell of its end."""
IN_CLEAR = "a secret must not stand in git in clear. "
SECRETS = {
    "x-secret": f"{IN_CLEAR}Refer to one: ${{Secret/name:value}}",
    "x-secret-value": f"{IN_CLEAR}Say where it comes from: external, {{generate: {{length: 32}}}} or {{json: {{…}}}}",
}


def _lenient(check: Any) -> Any:
    """An expression stands for a value that nobody knows yet: nothing can be said against it."""

    def inner(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        return () if isinstance(instance, Template) else check(validator, value, instance, schema)

    return inner


def _from_secret(_validator: Any, _value: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if not isinstance(instance, Template):
        yield jsonschema.ValidationError("plain")


def _from_elsewhere(_validator: Any, _value: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if not isinstance(instance, (Template, dict)) and instance != "external":
        yield jsonschema.ValidationError("plain")


def _cidr(value: object) -> bool:
    import ipaddress

    try:
        ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        return False
    return "/" in str(value)


def _whole(_checker: Any, value: object) -> bool:
    """JSON Schema takes 80.0 for a whole number; AWS does not."""
    return isinstance(value, int) and not isinstance(value, bool)


FORMATS = jsonschema.FormatChecker(formats=("date",))
FORMATS.checks("cidr")(_cidr)
Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        **{name: _lenient(check) for name, check in Draft202012Validator.VALIDATORS.items()},
        "x-secret": _from_secret,
        "x-secret-value": _from_elsewhere,
    },
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _whole),
)


def faults(validator: Any, data: Any) -> Iterator[tuple[Path, bool, str]]:
    """Yield (path, whether the key is meant rather than the value, message) for each fault of a document."""
    errors = [_deepest(error) for error in validator.iter_errors(data)]
    misspelt = {(*e.absolute_path, near) for e in errors for near in _strangers(e).values() if near}
    mistyped = {tuple(e.absolute_path) for e in errors if e.validator == "type"}
    for error in errors:
        # What has the wrong type breaks every other rule, too.
        if error.validator == "type" or tuple(error.absolute_path) not in mistyped:
            yield from _said(error, validator.schema, misspelt)


def _strangers(error: Any) -> dict[str, str]:
    """Return the fields that do not exist, each with the one that was probably meant."""
    if error.validator != "additionalProperties":
        return {}
    known = list(error.schema.get("properties", ()))
    return {name: nearest(name, known) for name in error.instance if name not in known}


def _deepest(error: Any) -> Any:
    while error.validator in ("anyOf", "oneOf") and error.context:
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))
    return error


def _said(error: Any, root: Any, misspelt: set[Path]) -> Iterator[tuple[Path, bool, str]]:
    path, value = tuple(error.absolute_path), error.instance
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", ()))
        for name in _strangers(error):
            yield (*path, name), True, f"is not a field here.{meant(name, known)} Accepted: {listed(known)}"
    elif error.validator == "propertyNames" or "propertyNames" in error.absolute_schema_path:
        yield (*path, value), True, f"is not a name that is accepted here{_named(error)}"
    elif error.validator == "required":
        missing = [n for n in error.validator_value if n not in value and (*path, n) not in misspelt]
        # The schema complains once per name; one complaint with all of them is enough.
        if missing and str(error.message).startswith(f"'{missing[0]}'"):
            yield path, False, f"lacks {listed(missing)}. Add {'it' if len(missing) == 1 else 'them'}"
    else:
        closed = _secret(error, root) or any(telling(str(step)) for step in path) or _suspicious(value)
        yield path, False, _value(error, HIDDEN if closed else scrubbed(show(value)))


def _suspicious(value: Any) -> bool:
    """Whether something inside a list or a map is named like a secret: there, a value may stand beside its name."""
    if isinstance(value, dict):
        return any(telling(str(name)) or _suspicious([inner]) for name, inner in value.items())
    if isinstance(value, list):
        return any(telling(v.partition("=")[0]) if isinstance(v, str) else _suspicious(v) for v in value)
    return False


def _named(error: Any) -> str:
    known = error.validator_value if error.validator == "enum" else ()
    return f".{meant(error.instance, known)} Accepted: {listed(known)}" if known else ""


def _secret(error: Any, schema: Any) -> bool:
    """Whether the fault lies where secrets may stand."""
    for step in error.absolute_schema_path:
        if isinstance(schema, dict) and not SECRETS.keys().isdisjoint(schema):
            return True
        schema = schema[step]
    return False


def _value(error: Any, shown: str) -> str:
    value, rule, wanted = error.instance, error.validator, error.validator_value
    if rule in SECRETS:
        return SECRETS[rule]
    if rule in ("enum", "const"):
        accepted = wanted if isinstance(wanted, list) else [wanted]
        question = meant(value, accepted)
        return f"{shown} is not one of {listed(accepted)}{'.' + question if question else ''}"
    if rule == "type":
        return _type(value, shown, wanted if isinstance(wanted, list) else [wanted])
    if rule in BOUNDS:
        return f"{shown} is {BOUNDS[rule].format(wanted)}"
    if rule in COUNTS:
        bound, thing = COUNTS[rule]
        return f"{shown} has {_count(len(value), thing)}; {bound} {wanted} {'is' if wanted == 1 else 'are'} accepted"
    if rule == "format":
        return f"{shown} is not {FORMS.get(wanted, wanted)}"
    if rule == "pattern":
        return f"{shown} does not have the form that AWS accepts, {error.schema.get('x-form') or wanted}"
    return f"{shown} is not accepted here ({rule}: {show(wanted)})"


def _count(number: int, thing: str) -> str:
    many = {"entry": "entries"}.get(thing, f"{thing}s")
    return f"{number} {thing if number == 1 else many}"


def _type(value: Any, shown: str, wanted: list[str]) -> str:
    nouns = " or ".join(dict.fromkeys(NOUNS[w] for w in wanted))
    have = NOUNS[TYPES.get(type(value), "null")]
    if value is None:
        return f"is empty where {nouns} is wanted"
    if wanted == ["string"] and isinstance(value, (bool, int, float)) and shown != HIDDEN:
        return f'{shown} is {have} where a text is wanted. Quote it: "{shown}"'
    instead = _instead(value, wanted) if isinstance(value, str) and shown != HIDDEN else ""
    return f"{shown} is {have} where {nouns} is wanted{instead}"


def _instead(value: str, wanted: list[str]) -> str:
    """Return what to write where a text was meant as something else."""
    plain, word = value.strip(), value.strip().lower()
    if "boolean" in wanted and word in WORDS:
        return f". Write {WORDS[word]}"
    if {"integer", "number"} & set(wanted) and re.fullmatch(r"[-+]?\d+(\.\d+)?", plain):
        bare = re.sub(r"^([-+]?)0+(?=\d)", r"\1", plain)
        return f". Write {bare}, without quotes or leading zeros"
    return ""


def show(value: Any) -> str:
    """Return a short form of a value, as YAML would have it."""
    if isinstance(value, Written):
        return str(value)
    told = json.dumps(value, default=str, ensure_ascii=False)
    return told if len(told) <= 60 else told[:57] + "…"  # noqa: PLR2004 — what fits on a line


def listed(names: Iterable[Any]) -> str:
    """Return the names, separated by commas."""
    return ", ".join(map(str, names))


def meant(name: Any, known: Iterable[Any]) -> str:
    """Return the question whether the most similar known name was meant, if one is similar."""
    near = nearest(name, known)
    return f' Did you mean "{near}"?' if near else ""


def nearest(name: Any, known: Iterable[Any]) -> str:
    """Return the known name that is a typo or two away, or that begins like it; empty if there is none."""
    if not isinstance(name, str):
        return ""
    matcher = difflib.SequenceMatcher(b=name.lower())
    best, score = "", 0.0
    for candidate in map(str, known):
        matcher.set_seq1(candidate.lower())
        begins = len(name) >= SHORTEST and candidate.lower().startswith(name.lower())
        ratio = 1.0 if begins else matcher.ratio()
        if ratio > score:
            best, score = candidate, ratio
    return best if score >= SIMILAR else ""
