"""JSON Schemas of documents, made from the kinds. ``python -m reconciler.schemas`` writes them for editors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from . import API_VERSION
from .kind import Kind
from .kinds import KINDS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[^:${}\s]+$"}
KIND: Schema = {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*$"}
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_-]*$"
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
        "dependsOn": {
            "type": "array", "items": {"type": "string", "pattern": r"^[A-Za-z0-9]+/[^:\s]+$"},
            "description": "Addresses that must be settled first, where no reference says so.",
        },
        "ignore": {"type": "array", "items": IGNORE, "description": "Fields that somebody else owns: neither reported nor written."},
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
    spec = {
        "type": "object", "additionalProperties": False, "required": ["region"],
        "properties": {
            "region": {"type": "string", "pattern": r"^[a-z]{2}(-[a-z]+)+-\d$", "description": "The region of all its resources."},
            "account": {"type": "string", "pattern": r"^\d{12}$", "description": "The only account that it may run against."},
            "role": {
                "type": "string", "pattern": r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$", "description": "The role that is assumed before anything is read.",
            },
            "resources": {
                "type": "array", "items": {"type": "string", "minLength": 1},
                "description": "Folders and files with its documents, relative to its own folder; its own folder if absent.",
            },
            "namePrefix": {"type": "string", "description": "Stands before every name in AWS that no spec writes out."},
            "nameSuffix": {"type": "string", "description": "Stands behind every name in AWS that no spec writes out."},
            "variables": {
                "type": "object", "propertyNames": {"pattern": VARIABLE}, "additionalProperties": SCALAR,
                "description": "What `${name}` stands for.",
            },
            "tags": {"type": "object", "additionalProperties": SCALAR, "description": "Tags of every resource."},
            "patches": {"type": "array", "items": _patch(), "description": "JSON merge patches; null removes a field."},
            "policy": _policy(),
            "outputs": {"type": "object", "additionalProperties": SCALAR, "description": "What `apply` and `status` show in the end."},
        },
    }  # fmt: skip
    return _whole("Stack", "What is deployed where: one account, one region.", {"spec": spec}, required=["spec"])


def component() -> Schema:
    """Return the schema of the definition of a component."""
    spec = {
        "type": "object", "additionalProperties": False, "required": ["resources"],
        "properties": {
            "description": {"type": "string", "description": "What it is for."},
            "parameters": {
                "type": "object", "propertyNames": {"pattern": VARIABLE}, "additionalProperties": _parameter(),
                "description": "What a document that uses it may say in its spec; without a default it must.",
            },
            "resources": {"type": "array", "items": _resource(), "description": "What such a document is made into."},
        },
    }  # fmt: skip
    doc = "A kind of one's own: resources that belong together, with parameters."
    whole = _whole("Component", doc, {"spec": spec}, required=["spec"])
    whole["properties"]["metadata"]["properties"]["name"] = KIND
    return whole


def _parameter() -> Schema:
    kinds = ["string", "integer", "number", "boolean", "array", "object"]
    return {
        "type": "object", "additionalProperties": False, "required": ["type", "description"],
        "properties": {
            "type": {"enum": kinds, "description": "What it takes."},
            "description": {"type": "string", "description": "What it is for."},
            "default": {"description": "What it is if nobody gives it; null: the fields that consist of it are absent."},
            "enum": {"type": "array", "minItems": 1, "description": "The values that are accepted."},
            "pattern": {"type": "string", "description": "The regular expression that a text must match."},
            "minimum": {"type": "number", "description": "The lowest number that is accepted."},
            "maximum": {"type": "number", "description": "The highest number that is accepted."},
        },
    }  # fmt: skip


def _resource() -> Schema:
    value = {"type": ["string", "number", "boolean", "null"]}
    condition = {"type": "object", "minProperties": 1, "additionalProperties": value}
    return {
        "type": "object", "additionalProperties": False, "required": ["kind", "name"],
        "properties": {
            "kind": {**KIND, "description": "The kind of the resource, or another component."},
            "name": {"type": "string", "description": "Its name; `${name}` is that of the use."},
            "when": {**condition, "description": "Parameters that must all have these values, or the resource is left out."},
            "unless": {**condition, "description": "If these parameters all have these values, the resource is left out."},
            "lifecycle": {"type": "object", "description": "As of any resource."},
            "spec": {"type": "object", "description": "As of any resource; `${parameter}` stands for what is given."},
        },
    }  # fmt: skip


def use(name: str, parameters: Mapping[str, Mapping[str, Any]]) -> Schema:
    """Return the schema of documents that use a component."""
    required = [n for n, parameter in parameters.items() if "default" not in parameter]
    spec: Schema = {
        "type": "object", "additionalProperties": False, "required": required,
        "properties": {n: {k: v for k, v in p.items() if k != "default"} for n, p in parameters.items()},
    }  # fmt: skip
    return _whole(name, "", {"spec": spec}, required=["spec"] if required else [])


def _patch() -> Schema:
    return {
        "type": "object", "additionalProperties": False, "required": ["target", "patch"],
        "properties": {
            "target": {
                "type": "object", "additionalProperties": False, "required": ["kind", "name"],
                "properties": {"kind": KIND, "name": NAME}, "description": "The resource, or the use of a component, that is patched.",
            },
            "patch": {
                "type": "object", "additionalProperties": False,
                "properties": {"spec": {"type": "object"}, "lifecycle": {"type": ["object", "null"]}},
                "description": "What is merged into its document.",
            },
        },
    }  # fmt: skip


def _policy() -> Schema:
    count = {"type": "integer", "minimum": 0}
    return {
        "type": "object", "additionalProperties": False, "description": "What a run may do.",
        "properties": {
            "prune": {"type": "boolean", "description": "Whether what git no longer names is deleted; false if absent."},
            "selfHeal": {"type": "boolean", "description": "Whether the loop reverts drift; true if absent."},
            "maxDeletes": {**count, "description": "More deletions in one run are refused, all of them; 10 if absent."},
            "maxReplaces": {**count, "description": "More replacements in one run are refused, all of them; 1 if absent."},
        },
    }  # fmt: skip


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
    wanted = {f"{name}.json": document(kind) for name, kind in KINDS.items()} | {
        "Stack.json": stack(),
        "Component.json": component(),
    }
    for stale in {p.name for p in target.glob("*.json")} - wanted.keys() - {"report.json"}:
        (target / stale).unlink()
    for name, schema in wanted.items():
        (target / name).write_text(json.dumps(schema, indent=2) + "\n")


if __name__ == "__main__":
    write(folder())
