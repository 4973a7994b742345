"""Aliases: the names of keys, which live on when a key is to be deleted, and which others may hold."""

from __future__ import annotations

from ...kind import ADDRESS, STACK, Calls, Tags
from . import KMS, ask_tags


def take_alias(alias: str, key: str, tags: Tags) -> Calls:
    """Point the alias to the key; it is taken away only from a key with the same stack and address in its tags."""
    listed = (yield KMS.call("ListAliases")) or {}
    holder = next((a.get("targetKeyId") for a in listed.get("aliases", ()) if a["aliasName"] == alias), None)
    theirs = ((yield from ask_tags(holder)) or {}) if holder else {}
    ours = bool(theirs) and all(theirs.get(tag) == tags.get(tag) for tag in (STACK, ADDRESS))
    yield KMS.call("UpdateAlias" if ours else "CreateAlias", aliasName=alias, targetKeyId=key)
