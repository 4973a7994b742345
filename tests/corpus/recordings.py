"""Recordings of live AWS, which lie beside the project: they are read from there, and never copied into it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("RECONCILER_CORPUS") or ROOT.parent / "shared" / "corpus")
DECLARED, RESPONSES = FOLDER / "declared-and-live", FOLDER / "responses"
ABSENT = f"no recordings of live AWS in {FOLDER.name}/: set RECONCILER_CORPUS to a folder that has them"

_ROW = re.compile(r"^\| (?P<path>[^|]+\.json) \| (?P<service>[\w-]+) \| (?P<operation>\w+) \|", re.MULTILINE)
_CLASS = "__class__"


@dataclass(frozen=True)
class Declared:
    """What somebody declared, what AWS then had, and where the two are expected to differ. CloudFormation's names."""

    name: str
    type: str
    declared: Mapping[str, Any]
    live: Mapping[str, Any]
    changed: frozenset[str]
    """The declared properties that were changed outside."""
    blind: frozenset[str]
    """The declared properties of which the recording does not show what AWS has."""


@dataclass(frozen=True)
class Response:
    """One answer of AWS to one operation. botocore's names."""

    name: str
    service: str
    operation: str
    status: int
    data: Mapping[str, Any]

    @property
    def refused(self) -> bool:
        """Whether AWS answered with an error."""
        return self.status >= 400


def declared_and_live() -> Iterator[Declared]:
    """Yield what was declared, with what was live."""
    for path in sorted(DECLARED.glob("*.json")):
        told = json.loads(path.read_text())
        tiers = [(e["tier"], re.split(r"[.\[]", e["path"])[0]) for e in told.get("expected", ())]
        yield Declared(
            path.stem,
            told["type"],
            told["declared"],
            told["live"],
            frozenset(head for tier, head in tiers if tier == "declared"),
            frozenset(head for tier, head in tiers if tier in ("readGap", "unresolved")),
        )


def responses() -> Iterator[Response]:
    """Yield the recorded answers."""
    manifest = RESPONSES / "MANIFEST.md"
    for row in _ROW.finditer(manifest.read_text()) if manifest.exists() else ():
        told = json.loads((RESPONSES / row["path"]).read_text())
        data = {name: _revived(value) for name, value in told["data"].items() if name != "ResponseMetadata"}
        yield Response(row["path"], row["service"], row["operation"], int(told["status_code"]), data)


def _revived(value: Any) -> Any:
    """Return the value with its moments as boto3 has them."""
    if isinstance(value, Mapping):
        if value.get(_CLASS) == "datetime":
            parts = {name: part for name, part in value.items() if name not in (_CLASS, "tzinfo")}
            return dt.datetime(**parts, tzinfo=dt.UTC)
        return {name: _revived(inner) for name, inner in value.items()}
    return [_revived(inner) for inner in value] if isinstance(value, list) else value
