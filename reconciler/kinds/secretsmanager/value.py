"""Where a secret's value comes from. The value itself never passes through git, a plan or a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...types import Difference, Schema, Type
from ...values import HIDDEN, Generate, Sealed, SealedJson, Unknown, unknown

FLAGS = (
    "excludeNumbers",
    "excludePunctuation",
    "excludeUppercase",
    "excludeLowercase",
    "includeSpace",
    "requireEachIncludedType",
)


@dataclass(frozen=True)
class SecretValue(Type):
    """``external``, ``{generate: …}``, ``{json: …}`` or a text made of references."""

    def schema(self) -> Schema:
        """Return a closed map; a text in clear is refused by ``x-secret-value`` without being repeated."""
        generate = {
            "type": "object", "additionalProperties": False,
            "properties": {
                "length": {"type": "integer", "minimum": 1, "maximum": 4096, "description": "Characters; 32 if absent."},
                "size": {"type": "integer", "minimum": 16, "maximum": 4096, "description": "Random bytes, in base64, instead of characters."},
                "key": {"type": "string", "description": "The value is a JSON object with the generated text under this key."},
                "excludeCharacters": {"type": "string"}, **{name: {"type": "boolean"} for name in FLAGS},
            },
        }  # fmt: skip
        members = {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"type": ["string", "integer", "boolean"]},
        }
        return {
            "x-secret-value": True,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {"generate": generate, "json": members},
        }

    def diff(self, path: str, want: Any, have: Any) -> Iterator[Difference]:
        """Compare by version: it is derived from what the value is made of, so nobody need read the value."""
        made, version = source(want), (have or {}).get("version")
        if unknown(want):
            yield Difference(path, Unknown("a value made of what does not exist yet"), HIDDEN)
        elif isinstance(made, Generate) and version is None:
            yield Difference(path, made, None)
        elif isinstance(made, (Sealed, SealedJson)) and version != made.fingerprint:
            yield Difference(path, made, None if version is None else HIDDEN)


def source(value: Any) -> Generate | Sealed | SealedJson | None:
    """Return what makes the value; None if somebody else sets it."""
    if isinstance(value, Sealed):
        return value
    if not isinstance(value, Mapping):
        return None
    if "json" in value:
        return SealedJson({k: v if isinstance(v, Sealed) else _text(v) for k, v in value["json"].items()})
    told = dict(value.get("generate", {}))
    return Generate(told.pop("length", 32), told.pop("size", 0), told.pop("key", ""), told)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
