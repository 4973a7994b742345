"""Whose a thing is that AWS cannot tag: the end of its description says it."""

from __future__ import annotations

import re

from ..kind import Tags

_MARK = re.compile(r" ?\[((?:reconciler:[a-z]+=\S* ?)+)\]$")


def tags_of(description: str) -> dict[str, str]:
    """Return the tags that a description ends with."""
    mark = _MARK.search(description)
    return dict(pair.split("=", 1) for pair in mark[1].split()) if mark else {}


def plain(description: str) -> str:
    """Return what people wrote of a description."""
    return _MARK.sub("", description)


def marked(description: str, tags: Tags) -> str:
    """Return a description that ends with these tags."""
    told = " ".join(f"{k}={v}" for k, v in tags.items() if k.startswith("reconciler:"))
    return f"{plain(description)} [{told}]".strip()
