"""CacheParameterGroup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import MapOf, Text
from ..settings import Setting, spelled, values_of
from . import CACHE, TAGS

AT_ONCE = 20
Pairs = Sequence[dict[str, str]]


class CacheParameterGroup(Kind):
    """Settings of a cache engine."""

    service = CACHE
    api = Api(
        "DescribeCacheParameterGroups", "cacheParameterGroups", "cacheParameterGroupName", arn="arn",
        create="CreateCacheParameterGroup", delete="DeleteCacheParameterGroup", missing=("CacheParameterGroupNotFound",),
    )  # fmt: skip
    named = "cacheParameterGroupName"
    arn_like = ":parametergroup:"
    attributes = {"arn": "arn"}

    cacheParameterGroupName = fixed(
        Text(fold=True, pattern=r"^[A-Za-z](-?[A-Za-z0-9])*$", length=(1, 255)),
        "Its name in AWS, which keeps it in lower case.",
    )
    cacheParameterGroupFamily = fixed(Text(fold=True), "Engine and major version, e.g. `redis7`.", required=True)
    description = fixed(Text(length=(1, 255)), "What it is for. AWS cannot change it afterwards.", required=True)
    parameters = later(
        MapOf(Setting()), "All settings that are not the engine's own, by name; one that is not listed is reset."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read what somebody has set; dozens of others have the engine's defaults."""
        if "parameters" not in ask.fields:
            return {}
        params = {"cacheParameterGroupName": raw["cacheParameterGroupName"], "source": "user"}
        answer = yield self.call("DescribeCacheParameters", missing=self.api.missing, **params)
        found = values_of(answer)
        return None if found is None else {"parameters": found}

    @writes("parameters")
    def set_parameters(self, want: Wanted, live: Live) -> Calls:
        """Reset what git does not list, then set what differs; only the engine knows how it spells a switch."""
        kind, found = self.fields["parameters"].type, live.spec.get("parameters", {})
        wanted = kind.encode(want["parameters"])
        gone = [{"parameterName": n, "parameterValue": v} for n, v in found.items() if n not in wanted]
        changed = {n: v for n, v in wanted.items() if n not in found or any(kind.diff("", {n: v}, {n: found[n]}))}
        yield from self._some("ResetCacheParameterGroup", live, gone)
        if not changed:
            return
        answer = yield self.call("DescribeCacheParameters", cacheParameterGroupName=live.id)
        allowed = {p["parameterName"]: p.get("allowedValues") for p in (answer or {}).get("parameters", ())}
        told = [{"parameterName": n, "parameterValue": spelled(v, allowed.get(n))} for n, v in changed.items()]
        yield from self._some("ModifyCacheParameterGroup", live, told)

    def _some(self, operation: str, live: Live, settings: Pairs) -> Calls:
        for start in range(0, len(settings), AT_ONCE):
            some = settings[start : start + AT_ONCE]
            yield self.call(operation, cacheParameterGroupName=live.id, parameterNameValues=some)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """What AWS computes from the size of a node cannot be set."""
        parameters = spec.get("parameters")
        for name in ("maxmemory", "maxclients"):
            if isinstance(parameters, dict) and name in parameters:
                yield f"parameters.{name}", "AWS derives it from the size of a node. Leave it out"
