"""What is wrong with a group as git has it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from ...expressions import Reference, Template
from ...kind import Raw, Wanted

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR, DAY, WEEK = 60, 1440, 10080
SHORTEST, LONGEST = 16, 128
TAKEN = "!&#$^<>-"
REFUSED = "".join(c for c in string.punctuation if c not in TAKEN)
_DAILY = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d)$")
_WEEKLY = re.compile(r"^([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)$")
_PATCH = re.compile(r"^([6-9]|\d\d)\.\d+\.\d+$")
Faults = Iterator[tuple[str, str]]


def faults(spec: Raw) -> Faults:
    """Yield (path, message) for all of it."""
    yield from _nodes(spec)
    yield from _failover(spec)
    yield from _encryption(spec)
    yield from _windows(spec)
    version = spec.get("engineVersion")
    if isinstance(version, str) and _PATCH.match(version):
        major, minor = version.split(".")[:2]
        yield "engineVersion", f'AWS chooses the last number itself. Write "{major}.{minor}"'


def sharded(spec: Raw) -> bool:
    """Whether it is certain that keys are spread over shards."""
    shards = spec.get("numNodeGroups")
    return (isinstance(shards, int) and shards > 1) or spec.get("clusterMode") == "enabled"


def _nodes(spec: Raw) -> Faults:
    if "numCacheClusters" in spec:
        for name in ("replicasPerNodeGroup", "numNodeGroups"):
            if name in spec and (name != "numNodeGroups" or sharded(spec)):
                yield (
                    "numCacheClusters",
                    f"it counts the nodes of a group without shards, and {name} is declared. Keep one",
                )
                return
        zones = spec.get("preferredCacheClusterAZs")
        count = spec["numCacheClusters"]
        if isinstance(zones, list) and isinstance(count, int) and len(zones) != count:
            yield "preferredCacheClusterAZs", f"there are {len(zones)} zones for {count} nodes. Name one for each"


def _standbys(spec: Raw) -> int | None:
    """How many nodes can take over from a primary; None if nobody knows yet."""
    if "replicasPerNodeGroup" in spec:
        count = spec["replicasPerNodeGroup"]
        return count if isinstance(count, int) else None
    count = spec.get("numCacheClusters", 1)
    return count - 1 if isinstance(count, int) else None


def _failover(spec: Raw) -> Faults:
    failover, spread = spec.get("automaticFailoverEnabled"), spec.get("multiAZEnabled")
    if spread is True and failover in (None, False):
        yield "multiAZEnabled", "nobody takes over in another zone without automaticFailoverEnabled: true. Add it"
    if sharded(spec) and failover in (None, False):
        yield "automaticFailoverEnabled", "a group with shards needs it. Say true"
    needs = "automaticFailoverEnabled" if failover is True else "multiAZEnabled" if spread is True else ""
    if needs and _standbys(spec) == 0 and (needs == "multiAZEnabled" or spread is True or not sharded(spec)):
        count = "replicasPerNodeGroup: 1" if sharded(spec) else "numCacheClusters: 2"
        yield needs, f"there is no second node to take over. Say {count}, or more"
    if needs and str(spec.get("cacheNodeType")).startswith("cache.t1."):
        yield "cacheNodeType", "cache.t1 nodes know no failover. Take a newer type"


def _encryption(spec: Raw) -> Faults:
    transit = spec.get("transitEncryptionEnabled")
    for name in ("authToken", "transitEncryptionMode"):
        if name in spec and transit in (None, False):
            yield name, "it needs encrypted connections. Say transitEncryptionEnabled: true"
    if "authTokenUpdateStrategy" in spec and "authToken" not in spec:
        yield "authTokenUpdateStrategy", "there is no authToken to update. Leave it out"
    if "kmsKeyId" in spec and spec.get("atRestEncryptionEnabled") in (None, False):
        yield "kmsKeyId", "a key needs encryption. Say atRestEncryptionEnabled: true"


def password_faults(token: Any, siblings: Mapping[str, Wanted]) -> Faults:
    """Yield why what a Secret makes up cannot be a password of a cache."""
    parts = token.parts if isinstance(token, Template) else ()
    secret = siblings.get(parts[0].address) if len(parts) == 1 and isinstance(parts[0], Reference) else None
    value = secret.get("value") if secret else None
    made = value.get("generate") if isinstance(value, Mapping) else None
    if secret is None or not isinstance(made, Mapping):
        return
    length, excluded = made.get("length", 32), str(made.get("excludeCharacters", ""))
    if "size" in made or "key" in made:
        yield "authToken", f"a cache takes a plain password. Have {secret.address} generate one: a length, and no more"
    elif isinstance(length, int) and not SHORTEST <= length <= LONGEST:
        yield (
            "authToken",
            f"a cache takes {SHORTEST} to {LONGEST} characters, {secret.address} has {length}. Change its length",
        )
    elif made.get("includeSpace") is True or not (
        made.get("excludePunctuation") is True or set(REFUSED) <= set(excluded)
    ):
        said = f"of punctuation, a cache takes only {TAKEN}, and {secret.address} may have others"
        yield "authToken", f"{said}. Say excludePunctuation: true there"


def _windows(spec: Raw) -> Faults:
    daily, weekly = span(spec.get("snapshotWindow")), span(spec.get("preferredMaintenanceWindow"))
    if daily is not None and daily < HOUR:
        yield "snapshotWindow", "it is shorter than AWS's 60 minutes. Make it longer"
    if weekly is not None and not HOUR <= weekly <= DAY:
        yield "preferredMaintenanceWindow", "AWS wants 60 minutes to 24 hours, of days mon to sun. Change it"
    if "snapshotWindow" in spec and spec.get("snapshotRetentionLimit") == 0:
        yield "snapshotWindow", "no snapshots are made: snapshotRetentionLimit is 0. Leave it out, or say how many days"


def span(window: Any) -> int | None:
    """Return the minutes of a daily or weekly window; None if it is none, or not known yet."""
    text = str(window).lower()
    if found := _DAILY.match(text):
        start, end = (int(found[i]) * 60 + int(found[i + 1]) for i in (1, 3))
        return (end - start) % DAY
    if found := _WEEKLY.match(text):
        if found[1] not in DAYS or found[4] not in DAYS:
            return 0
        start, end = (DAYS.index(found[i]) * DAY + int(found[i + 1]) * 60 + int(found[i + 2]) for i in (1, 4))
        return (end - start) % WEEK
    return None
