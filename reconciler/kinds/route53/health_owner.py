"""Whose a health check is, from the moment it exists: tags come a call later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ...kind import ADDRESS, IMPLIED, REPLACES, STACK, Ask, Raw, Tags, Wanted

SHARE, TOKEN = 12, 16
"""Characters of a caller reference, which has 64, for each thing that it names, and for what makes it unique."""


def sign(text: str) -> str:
    """Return what stands for a text where there is no room for it."""
    return hashlib.sha256(text.encode()).hexdigest()[:SHARE] if text else "-"


def reference(want: Wanted) -> str:
    """Return a caller reference that names the owner, and what is replaced."""
    whose = (want.tags.get(STACK, ""), want.address, want.tags.get(REPLACES, ""))
    return ":".join(("rec", *map(sign, whose), want.token[:TOKEN]))


def owner(raw: Raw, ask: Ask, known: Mapping[str, str]) -> dict[str, str]:
    """Return the ownership tags that a caller reference of this stack stands for; ``known``: texts by their sign."""
    parts = str(raw.get("callerReference", "")).split(":")
    if len(parts) != len(("rec", "stack", "address", "replaces", "token")) or parts[:2] != ["rec", sign(ask.stack)]:
        return {}
    _, _, address, replaces, _ = parts
    told = {STACK: ask.stack, ADDRESS: known.get(address, f"HealthCheck/{raw['id']}")}
    return told | ({REPLACES: known[replaces]} if replaces in known else {})


def whose(implied: Tags, tags: Tags) -> Tags:
    """Believe its tags, and its caller reference until somebody has written them; that alone says what it replaces."""
    if STACK in tags or not implied:
        return {**{key: value for key, value in implied.items() if key == REPLACES}, **tags}
    return {**implied, **tags, IMPLIED: "caller reference"}
