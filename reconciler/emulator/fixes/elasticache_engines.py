"""What ElastiCache knows about engines: versions, families, node types, parameters."""

from __future__ import annotations

import re
from typing import NamedTuple

from reconciler.emulator.fixes.agenda import Json, refuse


class Release(NamedTuple):
    """A version one can ask for: what then runs, and the family of its parameter groups."""

    runs: str
    family: str


ENGINES: dict[str, dict[str, Release]] = {
    "redis": {
        "5.0.6": Release("5.0.6", "redis5.0"),
        "6.0": Release("6.0.5", "redis6.x"),
        "6.2": Release("6.2.6", "redis6.x"),
        "7.0": Release("7.0.7", "redis7"),
        "7.1": Release("7.1.0", "redis7"),
    },
    "valkey": {
        "7.2": Release("7.2.6", "valkey7"),
        "8.0": Release("8.0.1", "valkey8"),
        "8.1": Release("8.1.0", "valkey8"),
    },
}
NEWEST = {"redis": "7.1", "valkey": "8.1"}

_TYPE = re.compile(r"cache\.(t2|t3|t4g|m4|m5|m6g|m7g|r4|r5|r6g|r6gd|r7g|c7gn)\.(\w+)")
_BURSTABLE = {"micro", "small", "medium"}
_SIZES = {"large", "xlarge", *(f"{n}xlarge" for n in (2, 4, 8, 10, 12, 16, 24))}


class Parameter(NamedTuple):
    """A parameter of a family; static ones take effect at a reboot only."""

    kind: str
    allowed: str
    default: str
    static: bool = False
    modifiable: bool = True


_INT = "0-2147483647"
_POLICIES = "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction"
PARAMETERS: dict[str, Parameter] = {
    "activedefrag": Parameter("string", "yes,no", "no"),
    "activerehashing": Parameter("string", "yes,no", "yes", static=True),
    "appendonly": Parameter("string", "yes,no", "no", modifiable=False),
    "client-output-buffer-limit-replica-soft-seconds": Parameter("integer", _INT, "60", modifiable=False),
    "close-on-replica-write": Parameter("string", "yes,no", "yes", static=True),
    "cluster-enabled": Parameter("string", "yes,no", "no", static=True),
    "databases": Parameter("integer", "1-1200000", "16", static=True),
    "hash-max-listpack-entries": Parameter("integer", _INT, "512"),
    "latency-tracking": Parameter("string", "yes,no", "no"),
    "lazyfree-lazy-eviction": Parameter("string", "yes,no", "yes", modifiable=False),
    "lfu-decay-time": Parameter("integer", _INT, "1"),
    "maxmemory-policy": Parameter("string", _POLICIES, "volatile-lru"),
    "maxmemory-samples": Parameter("integer", "1-2147483647", "3"),
    "min-replicas-to-write": Parameter("integer", _INT, "0"),
    "notify-keyspace-events": Parameter("string", "", ""),
    "rename-commands": Parameter("string", "", "", modifiable=False),
    "reserved-memory-percent": Parameter("integer", "0-100", "25"),
    "slowlog-log-slower-than": Parameter("integer", "-1-2147483647", "10000"),
    "slowlog-max-len": Parameter("integer", _INT, "128"),
    "tcp-keepalive": Parameter("integer", _INT, "300"),
    "timeout": Parameter("integer", "0,20-2147483647", "0"),
}


def families() -> dict[str, str]:
    """Return each family's engine."""
    return {release.family: name for name, known in ENGINES.items() for release in known.values()}


def ordinal(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by."""
    return tuple(int(part) for part in version.split("."))


def release(engine: str, version: str | None) -> Release:
    """Return what AWS runs for a version that was asked for."""
    if engine not in ENGINES:
        refuse("InvalidParameterValue", f"Invalid cache engine: {engine}")
    asked = "6.2" if version == "6.x" else version or NEWEST[engine]
    if asked not in ENGINES[engine]:
        parts = asked.split(".")
        short = ".".join(parts[:2])
        if len(parts) > 2 and short in ENGINES[engine]:  # noqa: PLR2004 - a patch version
            message = f"Specific version selection is not allowed for '{asked}', please use '{short}'"
            refuse("InvalidParameterCombination", message)
        refuse("InvalidParameterCombination", f"Cannot find version {asked} for {engine}")
    return ENGINES[engine][asked]


def family_of(engine: str, runs: str) -> str:
    """Return the parameter group family of a running version."""
    return next(known.family for known in ENGINES[engine].values() if known.runs == runs)


def check_type(name: str) -> None:
    """Fail for a node type that does not exist."""
    match = _TYPE.fullmatch(name)
    sizes = _BURSTABLE if match and match[1].startswith("t") else _SIZES
    if not match or match[2] not in sizes:
        refuse("InvalidParameterValue", f"The parameter CacheNodeType has an invalid value: {name}")


def check_value(name: str, value: str) -> None:
    """Fail for a parameter that does not exist, cannot be set, or not to this value."""
    known = PARAMETERS.get(name)
    if known is None:
        refuse("InvalidParameterValue", f"The parameter {name} cannot be found in the parameter group family.")
    if not known.modifiable:
        refuse("InvalidParameterValue", f"The parameter {name} cannot be modified.")
    choices = known.allowed.split(",")
    if known.kind == "string" and known.allowed and value not in choices:
        refuse("InvalidParameterValue", f"The value {value} is not valid for parameter {name}: {known.allowed}")
    if known.kind == "integer" and not any(_within(value, choice) for choice in choices):
        refuse("InvalidParameterValue", f"The value {value} is not valid for parameter {name}: {known.allowed}")


def _within(value: str, choice: str) -> bool:
    bounds = re.fullmatch(r"(-?\d+)-(\d+)", choice)
    if not re.fullmatch(r"-?\d+", value):
        return False
    return int(bounds[1]) <= int(value) <= int(bounds[2]) if bounds else value == choice


def descriptions(engine: str | None, version: str | None, family: str | None, *, default_only: bool) -> list[Json]:
    """Return the versions as DescribeCacheEngineVersions tells them."""
    return [
        {
            "Engine": name,
            "EngineVersion": asked,
            "CacheParameterGroupFamily": known.family,
            "CacheEngineDescription": name.capitalize(),
            "CacheEngineVersionDescription": f"{name} version {known.runs}",
        }
        for name, releases in ENGINES.items()
        for asked, known in releases.items()
        if engine in (None, name)
        and version in (None, asked)
        and family in (None, known.family)
        and (not default_only or asked == NEWEST[name])
    ]
