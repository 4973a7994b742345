"""JSON Schemas of documents, made from the kinds. ``python -m reconciler.schemas`` writes them for editors."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from . import API_VERSION
from .kind import Kind
from .kinds import KINDS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[^:${}\s]+$"}
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
IGNORE: Schema = {
    "type": "object", "additionalProperties": False, "required": ["field", "reason"],
    "properties": {
        "field": {"type": "string", "minLength": 1, "description": "The path below spec that somebody else owns."},
        "reason": {"type": "string", "minLength": 1, "description": "Why; reports repeat it."},
        "until": {"type": "string", "format": "date", "description": "The last day on which it is ignored."},
    },
}  # fmt: skip
LIFECYCLE: Schema = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "deletion": {"enum": ["retain", "delete"], "description": "What happens to the object when git no longer names it."},
        "replacement": {"enum": ["refuse", "allow"], "description": "Whether it may be replaced where a change cannot be made in place."},
        "adopt": {"type": "boolean", "description": "Take over an existing object of this name that carries no owner tags."},
        "dependsOn": {"type": "array", "items": {"type": "string", "pattern": r"^[A-Za-z0-9]+/[^:\s]+$"}},
        "ignore": {"type": "array", "items": IGNORE},
    },
}  # fmt: skip


def document(kind: Kind) -> Schema:
    """Return the schema of a document of this kind."""
    shown = {n: f for n, f in kind.fields.items() if f.implied is None}
    spec: Schema = {
        "type": "object", "additionalProperties": False,
        "properties": {n: {**f.type.schema(), "description": f.doc} for n, f in shown.items()},
    }  # fmt: skip
    if required := [n for n, f in shown.items() if f.required]:
        spec["required"] = required
    return _whole(
        kind.name,
        (kind.__doc__ or "").strip().partition("\n")[0],
        {"lifecycle": LIFECYCLE, "spec": spec},
        required=["spec"] if required else [],
    )


def stack() -> Schema:
    """Return the schema of ``stack.yaml``."""
    patch = {
        "type": "object", "additionalProperties": False, "required": ["target", "patch"],
        "properties": {
            "target": {
                "type": "object", "additionalProperties": False, "required": ["kind", "name"],
                "properties": {"kind": {"enum": list(KINDS)}, "name": NAME},
            },
            "patch": {"type": "object", "additionalProperties": False, "properties": {"spec": {"type": "object"}, "lifecycle": {"type": ["object", "null"]}}},
        },
    }  # fmt: skip
    count = {"type": "integer", "minimum": 0}
    policy = {
        "type": "object", "additionalProperties": False,
        "properties": {"prune": {"type": "boolean"}, "selfHeal": {"type": "boolean"}, "maxDeletes": count, "maxReplaces": count},
    }  # fmt: skip
    spec = {
        "type": "object", "additionalProperties": False, "required": ["region"],
        "properties": {
            "region": {"type": "string", "pattern": r"^[a-z]{2}(-[a-z]+)+-\d$"},
            "account": {"type": "string", "pattern": r"^\d{12}$"},
            "role": {"type": "string", "pattern": r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$"},
            "resources": {"type": "array", "items": {"type": "string", "minLength": 1}},
            "namePrefix": {"type": "string"}, "nameSuffix": {"type": "string"},
            "variables": {"type": "object", "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_-]*$"}, "additionalProperties": SCALAR},
            "tags": {"type": "object", "additionalProperties": SCALAR},
            "patches": {"type": "array", "items": patch},
            "policy": policy,
            "outputs": {"type": "object", "additionalProperties": SCALAR},
        },
    }  # fmt: skip
    return _whole("Stack", "What is deployed where: one account, one region.", {"spec": spec}, required=["spec"])


def _whole(name: str, doc: str, parts: Schema, required: list[str]) -> Schema:
    metadata = {"type": "object", "additionalProperties": False, "required": ["name"], "properties": {"name": NAME}}
    properties = {"apiVersion": {"enum": [API_VERSION]}, "kind": {"enum": [name]}, "metadata": metadata, **parts}
    return {
        "$schema": DIALECT, "title": name, "description": doc, "type": "object", "additionalProperties": False,
        "required": ["apiVersion", "kind", "metadata", *required], "properties": properties,
    }  # fmt: skip


@cache
def folder() -> Path:
    """Return where the committed schemas are: in the installed package, or at the top of the checkout."""
    installed = Path(__file__).with_name("_schemas")
    return installed if installed.is_dir() else Path(__file__).parent.parent / "schemas"


def write(target: Path) -> None:
    """Write every generated schema; ``report.json`` is written by hand."""
    target.mkdir(exist_ok=True)
    wanted = {f"{name}.json": document(kind) for name, kind in KINDS.items()} | {"Stack.json": stack()}
    for stale in {p.name for p in target.glob("*.json")} - wanted.keys() - {"report.json"}:
        (target / stale).unlink()
    for name, schema in wanted.items():
        (target / name).write_text(json.dumps(schema, indent=2) + "\n")


if __name__ == "__main__":
    write(folder())
