"""HealthCheck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...kind import ADDRESS, Api, Ask, Calls, Kind, Live, Program, Raw, Service, Tags, Wanted, field, unpairs, writes
from ...types import Difference
from . import TAGS, set_tags
from .health_config import CONFIG, ENDPOINTS, RESETS, mistaken
from .health_owner import owner, reference, sign, whose

GONE = ("NoSuchHealthCheck",)
BATCH = 10
"""Health checks whose tags one call tells."""


class HealthCheck(Kind):
    """A watch over an endpoint, an alarm or other health checks, that records of DNS can depend on."""

    service = Service(
        "route53",
        tag=lambda live, tags: set_tags(live.id, tags, "healthcheck"),
        create_tags=lambda _kind, _tags: {},
        read_tags=lambda raw: raw.get("tags"),
    )
    api = Api(
        "ListHealthChecks", "healthChecks", "id", create="CreateHealthCheck", update="UpdateHealthCheck",
        delete="DeleteHealthCheck", missing=GONE,
    )  # fmt: skip
    arn_like = ":healthcheck/"
    duplicable = True
    frozen = frozenset(f"healthCheckConfig.{part}" for part in ("type", "requestInterval", "measureLatency"))
    attributes = {"healthCheckId": "id"}
    left_out = "Routing controls of the Application Recovery Controller, a service of its own."

    healthCheckConfig = field(CONFIG, "What it looks at, how often, and what counts as failure.", required=True)
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Its address: what was made for it says so from the first moment."""
        return want.address

    def key_of(self, raw: Raw) -> str:
        return str(raw["implied"].get(ADDRESS, ""))

    def arn_of(self, raw: Raw, ask: Ask) -> str:
        """Return the ARN, which Route 53 itself never tells."""
        del ask
        return f"arn:aws:route53:::healthcheck/{raw['id']}"

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Ask those for their tags that were made for this stack, or that the index has."""
        listed = yield from super().listing(ask)
        known = {sign(text): text for text in (*ask.keys, *(raw["id"] for raw in listed))}
        rows = [{**raw, "implied": owner(raw, ask, known)} for raw in listed]
        ours = [raw["id"] for raw in rows if raw["implied"] or self.arn_of(raw, ask) in ask.index]
        tags: dict[str, Tags] = {}
        for start in range(0, len(ours), BATCH):
            some = ours[start : start + BATCH]
            answer = yield self.call("ListTagsForResources", resourceType="healthcheck", resourceIds=some)
            found = answer.get("resourceTagSets", ())
            tags |= {one["resourceId"]: unpairs(one.get("tags")) for one in found}
        return [{**raw, "tags": whose(raw["implied"], tags.get(raw["id"], {}))} for raw in rows]

    def can_follow(self, difference: Difference) -> bool:
        """AWS can change an address, and cannot add one."""
        added = difference.path == "healthCheckConfig.ipAddress" and not difference.live
        return not added and super().can_follow(difference)

    def create(self, want: Wanted) -> Calls:
        """Create it with its owner's sign, then tag it."""
        config = {n: v for n, v in CONFIG.encode(want["healthCheckConfig"]).items() if v not in ("", [])}
        answer = yield self.call("CreateHealthCheck", callerReference=reference(want), healthCheckConfig=config)
        made = (answer or {}).get("healthCheck", {}).get("id", "")
        yield from set_tags(made, want.tags, "healthcheck")

    @writes("healthCheckConfig")
    def set_config(self, want: Wanted, live: Live) -> Calls:
        """Send what differs; what is to be empty is taken away by name."""
        found = live.spec.get("healthCheckConfig", {})
        wanted = {n: v for n, v in want["healthCheckConfig"].items() if f"healthCheckConfig.{n}" not in self.frozen}
        told = {n: v for n, v in wanted.items() if any(CONFIG.parts[n].diff(n, v, found.get(n)))}
        empty = [RESETS[n] for n, v in told.items() if v in ("", []) and n in RESETS]
        sent = CONFIG.encode({n: v for n, v in told.items() if v not in ("", [])})
        version = live.raw.get("healthCheckVersion")
        more: dict[str, Any] = {"resetElements": empty} if empty else {}
        yield self.call("UpdateHealthCheck", healthCheckId=live.id, healthCheckVersion=version, **sent, **more)

    def delete(self, live: Live) -> Calls:
        yield self.call("DeleteHealthCheck", healthCheckId=live.id, missing=GONE)

    def inspect(self, live: Live) -> Program[str]:
        """Ask what the checkers see: only endpoints have a state of their own."""
        config = live.spec.get("healthCheckConfig", {})
        if config.get("type") not in ENDPOINTS or config.get("disabled"):
            return self.health(live)
        answer = yield self.call("GetHealthCheckStatus", healthCheckId=live.id, missing=GONE)
        seen = [one["statusReport"]["status"] for one in (answer or {}).get("healthCheckObservations", ())]
        bad = [status for status in seen if not status.startswith("Success")]
        return f"{len(bad)} of {len(seen)} checkers say: {bad[0]}" if bad else ""

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """The parts must belong to the type."""
        config = spec.get("healthCheckConfig")
        if isinstance(config, Mapping):
            yield from ((f"healthCheckConfig.{part}", message) for part, message in mistaken(config))
