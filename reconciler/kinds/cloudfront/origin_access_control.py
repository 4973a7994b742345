"""OriginAccessControl."""

from __future__ import annotations

from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Tags, Wanted, field, writes
from ...types import Struct, Text
from ..described import marked, plain, tags_of
from . import CLOUDFRONT

CONFIG = Struct({
    "name": Text(length=(1, 64)),
    "description": Text(length=(0, 120)),
    "signingProtocol": Text(enum=("sigv4",)),
    "signingBehavior": Text(enum=("never", "always", "no-override")),
    "originAccessControlOriginType": Text(enum=("s3", "mediastore", "mediapackagev2", "lambda")),
}, required=("signingProtocol", "signingBehavior", "originAccessControlOriginType"))  # fmt: skip


class OriginAccessControl(Kind):
    """How CloudFront signs its requests to an origin, so that nobody else need be let in.

    AWS has no tags for it: the end of its description says whose it is.
    """

    service = CLOUDFRONT
    api = Api("ListOriginAccessControls", "originAccessControlList", "id", missing=("NoSuchOriginAccessControl",))

    originAccessControlConfig = field(CONFIG, "Its name, and how requests are signed.", required=True)

    def key(self, want: Wanted) -> str:
        """Names are unique in the account."""
        return self._name(want)

    def key_of(self, raw: Raw) -> str:
        """Return its name."""
        return str(raw["name"])

    @staticmethod
    def _name(want: Wanted) -> str:
        return str(want.get("originAccessControlConfig", {}).get("name") or want.name)

    def read(self, ask: Ask) -> Program[list[Live]]:
        """One list has all but the ETag, which only changes need."""
        answer = yield self.call(self.api.read)
        found = (answer or {}).get("originAccessControlList", {}).get("items") or ()
        return [self._seen(raw) for raw in found if ask.concerns(raw["name"], "", tags_of(raw.get("description", "")))]

    def _seen(self, raw: Raw) -> Live:
        config = CONFIG.decode({**raw, "description": plain(raw.get("description", ""))})
        return Live(
            self.name,
            raw["id"],
            {"originAccessControlConfig": config},
            "",
            raw["name"],
            raw["name"],
            raw["id"],
            tags=tags_of(raw.get("description", "")),
            raw=raw,
        )

    def _config(self, want: Wanted, told: Raw) -> dict[str, Any]:
        return {**told, "name": self._name(want), "description": marked(told.get("description", ""), want.tags)}

    def create(self, want: Wanted) -> Calls:
        """Create it, marked."""
        yield self.call(
            "CreateOriginAccessControl", originAccessControlConfig=self._config(want, want["originAccessControlConfig"])
        )

    @writes("originAccessControlConfig")
    def set_config(self, want: Wanted, live: Live) -> Calls:
        """Every change names the ETag that it read."""
        config = self._config(want, {**live.spec["originAccessControlConfig"], **want["originAccessControlConfig"]})
        answer = yield self.call("GetOriginAccessControl", id=live.id, missing=self.api.missing)
        yield self.call(
            "UpdateOriginAccessControl",
            id=live.id,
            ifMatch=(answer or {}).get("eTag"),
            originAccessControlConfig=config,
        )

    def tag(self, live: Live, tags: Tags) -> Calls:
        """Write the mark into what it is now: it may just have been changed."""
        answer = yield self.call("GetOriginAccessControl", id=live.id, missing=self.api.missing)
        now = ((answer or {}).get("originAccessControl") or {}).get("originAccessControlConfig") or live.raw
        if tags.items() <= tags_of(now.get("description", "")).items():
            return
        yield self.call(
            "UpdateOriginAccessControl",
            id=live.id,
            ifMatch=(answer or {}).get("eTag"),
            originAccessControlConfig={**CONFIG.decode(now), "description": marked(now.get("description", ""), tags)},
        )

    def delete(self, live: Live) -> Calls:
        """Delete it with the ETag of the moment."""
        answer = yield self.call("GetOriginAccessControl", id=live.id, missing=self.api.missing)
        if answer is not None:
            yield self.call(
                "DeleteOriginAccessControl", id=live.id, ifMatch=answer.get("eTag"), missing=self.api.missing
            )
