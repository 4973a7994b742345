"""Where a log goes to, as a stream's owner names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...expressions import target
from ...kind import Wanted
from ...types import Text

_NAME = re.compile(r":log-group:([^:]+)|:deliverystream/(.+)|^arn:[\w-]+:s3:::([^/]+)")


class Destination(Text):
    """An ARN; that of a log group is the same with and without ``:*`` behind it."""

    def canon(self, value: Any) -> Any:
        """Return the ARN without the mark that means every stream of the group."""
        return value.removesuffix(":*") if isinstance(value, str) else value


DESTINATION = Destination()
NAMED = {"LogGroup": "logGroupName", "Bucket": "bucket"}
"""The kinds that logs are sent to, and the field that names them."""


def name_of(value: Any, siblings: Mapping[str, Wanted]) -> str:
    """Return the name of what an ARN, or a reference to one, means; empty if nobody can know it yet."""
    if isinstance(value, str):
        found = _NAME.search(value)
        return next(filter(None, found.groups()), "") if found else ""
    reference = target(value)
    other = siblings.get(reference.address) if reference else None
    if reference is None or other is None or reference.kind not in NAMED:
        return ""
    told = other.get(NAMED[reference.kind], other.name)
    return told if isinstance(told, str) else ""
