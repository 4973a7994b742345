"""Whose a record is. Records take no tags, so a TXT record beside each of ours keeps them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote

from ...kind import Raw, Tags
from . import plain

RECORD, MADE = "reconciler:record", "reconciler:made"
"""Which record a mark belongs to; what tells it from an equal one of another time."""
PREFIX = "_reconciler-"
OURS = ("id", "hostedZoneId", "tags", "mark")
"""What ``raw`` has beside what AWS says of the record."""
CHUNK = 255
"""Bytes of one text in a TXT record; a value may be several."""
TTL = 300


def key(zone: str, record: Raw) -> str:
    """Return what Route 53 itself knows a record by."""
    return f"{zone}|{_identity(record)}"


def _identity(record: Raw) -> str:
    return f"{plain(record['name'])}|{record['type']}|{record.get('setIdentifier') or ''}"


def mark_name(record: Raw) -> str:
    """Return the name of the TXT record that says whose a record is."""
    one = str(record.get("setIdentifier") or "")
    which = f"-{hashlib.sha256(one.encode()).hexdigest()[:8]}" if one else ""
    name = re.sub(r"^\*", "_wildcard", plain(record["name"]))
    return f"{PREFIX}{record['type'].lower()}{which}.{name}"


def mark(record: Raw, tags: Tags) -> dict[str, Any]:
    """Return the TXT record that keeps a record's tags."""
    told = {**tags, RECORD: _identity(record)}
    text = ",".join(f"{k}={quote(v, safe='/:|*')}" for k, v in sorted(told.items()))
    return {"name": mark_name(record), "type": "TXT", "ttl": TTL, "resourceRecords": [{"value": quoted(text)}]}


def quoted(text: str) -> str:
    """Return a text as TXT records have it, in pieces where it is long; one that is so already stays."""
    if text.startswith('"'):
        return text
    pieces = [text[i : i + CHUNK] for i in range(0, len(text), CHUNK)] or [""]
    return " ".join('"' + re.sub(r'(["\\])', r"\\\1", piece) + '"' for piece in pieces)


def _tags(marker: Raw | None) -> dict[str, str]:
    values = [v["value"] for v in (marker or {}).get("resourceRecords", ())]
    text = "".join(re.findall(r'"([^"]*)"', values[0])) if values else ""
    return {k: unquote(v) for k, _, v in (pair.partition("=") for pair in text.split(",")) if k}


def marked(zone: str, listed: Sequence[Raw]) -> Iterator[Raw]:
    """Yield a zone's records with their tags; also those of ours that are gone while their marks still stand."""
    marks = {plain(r["name"]): r for r in listed if r["type"] == "TXT" and r["name"].startswith(PREFIX)}
    left = dict(marks)
    for record in listed:
        if record["type"] != "TXT" or plain(record["name"]) not in marks:
            yield _row(zone, record, left.pop(mark_name(record), None))
    for name, marker in left.items():
        told = dict(zip(("name", "type", "setIdentifier"), _tags(marker).get(RECORD, "||").split("|", 2), strict=False))
        if mark_name(told) == name:
            yield _row(zone, told, marker)


def _row(zone: str, record: Raw, marker: Raw | None) -> Raw:
    tags = _tags(marker)
    known = {name: value for name, value in record.items() if value not in (None, "", [])}
    made = f"#{tags[MADE]}" if MADE in tags else ""
    return {**known, "id": key(zone, record) + made, "hostedZoneId": zone, "tags": tags, "mark": marker}


def record_of(raw: Raw) -> dict[str, Any]:
    """Return the record as AWS has it."""
    return {name: value for name, value in raw.items() if name not in OURS}
