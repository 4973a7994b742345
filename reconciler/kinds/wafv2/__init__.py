"""WAFv2: what guards CloudFront lives in us-east-1, every change names the lock token that it read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from ...kind import Program, Service, Tags, pairs, unpairs
from ...types import Document, MapOf

TAGS = MapOf()
GLOBAL = "us-east-1"


def region_of(arn: str) -> str:
    """Return where an ACL is managed; empty: in the stack's region."""
    return GLOBAL if ":global/" in arn else ""


def ask_tags(arn: str) -> Program[Tags | None]:
    """Read an ACL's tags."""
    answer = yield WAF.call("ListTagsForResource", resourceARN=arn, region=region_of(arn))
    return unpairs(answer["tagInfoForResource"].get("tagList")) if answer else None


WAF: Service = Service(
    "wafv2",
    tag=lambda live, tags: [
        WAF.call("TagResource", resourceARN=live.arn, tags=pairs(tags), region=region_of(live.arn))
    ],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda _raw: None,
    ask_tags=ask_tags,
)


DEFAULTS = {"evaluationWindowSec": 300, "sensitivityLevel": "LOW"}
"""What AWS adds to a statement that does not say it."""
FOLDED = frozenset({"singleHeader", "singleQueryArgument", "header", "queryArgument"})
"""Parts of a request whose names mean the same in upper and lower case: AWS answers in lower case."""


def meaning(tree: Any) -> Any:
    """Return a tree of the API's own names without what AWS would add to it, and its lists in one order.

    No list in a statement has an order that counts: text transformations have a priority of their own.
    """
    if isinstance(tree, Mapping):
        said = {
            k: _named(k, v) for k, v in tree.items() if v not in (None, []) and (k not in DEFAULTS or v != DEFAULTS[k])
        }
        return {k: meaning(v) for k, v in said.items()}
    if isinstance(tree, list):
        return sorted(map(meaning, tree), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    # What a statement searches for arrives as bytes.
    return tree.decode() if isinstance(tree, bytes) else tree


def _named(part: str, value: Any) -> Any:
    if part == "headerName" and isinstance(value, str):
        return value.lower()
    if part in FOLDED and isinstance(value, Mapping) and isinstance(value.get("name"), str):
        return {**value, "name": value["name"].lower()}
    return value


@dataclass(frozen=True)
class Nested(Document):
    """A tree of the API's own names, compared as a whole: a narrower statement, or another action, guards less."""

    meaning: Callable[[Any], Any] = data(default=meaning)

    def encode(self, value: Any) -> Any:
        """Return the tree as it stands: it is no JSON text."""
        return value

    def decode(self, value: Any) -> Any:
        """Return the tree as it stands."""
        return value
