"""Whose a metric filter or a saved query is: Logs has no tags for them, so a text near each of them says it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

from ...kind import Raw, Tags

OURS = "reconciler:"
COMMENT = re.compile(rf"\n# ((?:{OURS}[a-z]+=\S*\s?)+)$")
"""The last line of a saved query of ours."""
FILTER = f"{OURS}filter:"
"""How the tags of a log group begin that say whose its metric filters are."""
LONGEST = 80
"""Characters of a filter's name that stand in the key of its tag."""


def told(tags: Tags) -> str:
    """Return ownership tags as one text; no value has white space in it."""
    return " ".join(f"{key}={value}" for key, value in sorted(tags.items()))


def heard(text: str) -> dict[str, str]:
    """Return the tags that a text tells."""
    return {key: value for key, _, value in (pair.partition("=") for pair in text.split())}


def commented(query: str, tags: Tags) -> str:
    """Return a query with its mark."""
    return f"{query.rstrip()}\n# {told(tags)}"


def uncommented(query: str) -> tuple[str, dict[str, str]]:
    """Return a query without its mark, and what that tells."""
    found = COMMENT.search(query)
    return (query[: found.start()], heard(found[1])) if found else (query, {})


def tag_key(name: str) -> str:
    """Return the key of the tag that says whose a filter is: its name, as far as a key can bear it."""
    plain = re.sub(r"[^\w./=+@ -]", "_", name)[:LONGEST]
    return FILTER + (plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}")


def tag_value(tags: Tags) -> str:
    """Return ownership as the value of a tag, which has to be short."""
    return told({key.removeprefix(OURS): value for key, value in tags.items()})


def marked(filters: Sequence[Raw], tags: Mapping[str, str]) -> Iterator[Raw]:
    """Yield a log group's filters with their tags; also those of ours that are gone while their marks still stand."""
    left = {key: value for key, value in tags.items() if key.startswith(FILTER)}
    for one in filters:
        yield {**one, "tags": _tags(left.pop(tag_key(one["filterName"]), ""))}
    for key, value in left.items():
        yield {"filterName": key.removeprefix(FILTER), "mark": key, "tags": _tags(value)}


def _tags(value: str) -> dict[str, str]:
    return {f"{OURS}{key}": told for key, told in heard(value).items()}
