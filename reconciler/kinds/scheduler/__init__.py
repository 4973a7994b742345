"""EventBridge Scheduler: only groups have tags, so the description of a schedule says whose it is."""

from __future__ import annotations

from ...kind import Service
from ..described import tags_of

SCHEDULER = Service(
    "scheduler",
    tag=lambda _live, _tags: (),
    create_tags=lambda _kind, _tags: {},
    read_tags=lambda raw: tags_of(raw.get("description") or ""),
)
