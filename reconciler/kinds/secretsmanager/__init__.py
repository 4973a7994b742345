"""Secrets Manager: tags travel in the create call, and listings show them."""

from __future__ import annotations

from ...kind import Service, pairs, unpairs
from ...types import MapOf

SECRETS: Service = Service(
    "secretsmanager",
    tag=lambda live, tags: [SECRETS.call("TagResource", secretId=live.arn, tags=pairs(tags))],
    create_tags=lambda _kind, tags: {"tags": pairs(tags)},
    read_tags=lambda raw: unpairs(raw.get("tags")),
)
TAGS = MapOf()
