"""What AWS would refuse of a cache, said offline, and what it answers, read as fields."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from reconciler.kind import SEALS, Live, Wanted
from reconciler.kinds import KINDS
from reconciler.kinds.elasticache.group_read import whole
from tests.support import Lab, document

GROUP = KINDS["ReplicationGroup"]
PLAIN: dict[str, Any] = {"replicationGroupDescription": "x", "engine": "redis", "cacheNodeType": "cache.t3.micro"}
FAILOVER = {"automaticFailoverEnabled": True}
TLS = {"transitEncryptionEnabled": True}
SHARDS = {"numNodeGroups": 2, "replicasPerNodeGroup": 1, **FAILOVER}


@pytest.mark.parametrize("spec", [
    {}, {"numCacheClusters": 2, **FAILOVER, "multiAZEnabled": True}, SHARDS, {**SHARDS, "replicasPerNodeGroup": 0},
    {"authToken": "${Secret/x:value}", **TLS}, {"engineVersion": "5.0.6"}, {"engineVersion": "6.x"},
    {"numCacheClusters": "${nodes}", **FAILOVER}, {"snapshotWindow": "23:30-00:30", "snapshotRetentionLimit": 1},
    {"preferredMaintenanceWindow": "Sun:23:00-Mon:01:00"}, {"kmsKeyId": "${Key/k}", "atRestEncryptionEnabled": True},
])  # fmt: skip
def test_what_aws_takes_is_taken(spec: dict[str, Any]) -> None:
    assert list(GROUP.check({**PLAIN, **spec})) == []


@pytest.mark.parametrize(("spec", "path"), [
    ({"multiAZEnabled": True, "numCacheClusters": 2}, "multiAZEnabled"),
    (FAILOVER, "automaticFailoverEnabled"),
    ({"numCacheClusters": 1, **FAILOVER}, "automaticFailoverEnabled"),
    ({**SHARDS, "automaticFailoverEnabled": False}, "automaticFailoverEnabled"),
    ({**SHARDS, "replicasPerNodeGroup": 0, "multiAZEnabled": True}, "automaticFailoverEnabled"),
    ({"clusterMode": "enabled"}, "automaticFailoverEnabled"),
    ({**SHARDS, "numCacheClusters": 2}, "numCacheClusters"),
    ({"numCacheClusters": 2, **FAILOVER, "cacheNodeType": "cache.t1.micro"}, "cacheNodeType"),
    ({"numCacheClusters": 2, "preferredCacheClusterAZs": ["us-east-1a"]}, "preferredCacheClusterAZs"),
    ({"authToken": "${Secret/x:value}"}, "authToken"),
    ({"transitEncryptionMode": "required"}, "transitEncryptionMode"),
    ({"authTokenUpdateStrategy": "SET"}, "authTokenUpdateStrategy"),
    ({"kmsKeyId": "${Key/k}"}, "kmsKeyId"),
    ({"engineVersion": "7.0.7"}, "engineVersion"),
    ({"snapshotWindow": "03:00-03:30"}, "snapshotWindow"),
    ({"snapshotWindow": "03:00-04:30", "snapshotRetentionLimit": 0}, "snapshotWindow"),
    ({"preferredMaintenanceWindow": "sun:03:00-sun:03:30"}, "preferredMaintenanceWindow"),
    ({"preferredMaintenanceWindow": "day:03:00-day:05:00"}, "preferredMaintenanceWindow"),
])  # fmt: skip
def test_what_aws_refuses_is_said(spec: dict[str, Any], path: str) -> None:
    assert [where for where, _ in GROUP.check({**PLAIN, **spec})] == [path]


@pytest.mark.parametrize(("made", "fault"), [
    ({"length": 32, "excludePunctuation": True}, ""),
    ({"excludeCharacters": "\"%'()*+,./:;=?@[\\]_`{|}~"}, ""),
    ({"length": 32}, "of punctuation"),
    ({"length": 32, "excludePunctuation": True, "includeSpace": True}, "of punctuation"),
    ({"length": 8, "excludePunctuation": True}, "16 to 128"),
    ({"size": 32}, "plain password"),
    ({"key": "password", "excludePunctuation": True}, "plain password"),
])  # fmt: skip
def test_a_secret_that_no_cache_takes_is_said(made: dict[str, Any], fault: str, lab: Lab) -> None:
    documents = [
        document("Secret", "token", {"value": {"generate": made}}),
        document("ReplicationGroup", "cache", {**PLAIN, **TLS, "authToken": "${Secret/token:value}"}),
    ]
    if not fault:
        lab.stack(documents)
        return
    with pytest.raises(DesiredError, match=fault):
        lab.stack(documents)


def live(tags: dict[str, str] | None = None, **raw: Any) -> Live:
    group = {"replicationGroupId": "c", "status": "available", **raw}
    return Live("ReplicationGroup", "c", GROUP.decode(whole(group, ())), tags=tags or {}, raw=group)


def differing(wanted: dict[str, Any], found: Live) -> list[str]:
    return [d.path for d in GROUP.diff(Wanted("ReplicationGroup/c", "c", wanted, {}), found)]


@pytest.mark.parametrize(("seal", "enabled", "date", "same"), [
    ("new", True, "d1", True), ("new d1", True, "d1", False), ("new d0", True, "d1", True), ("old", True, "d1", False),
    ("new never", True, "d1", True), ("new", False, None, False), ("", True, "d1", False),
])  # fmt: skip
def test_a_password_counts_once_aws_has_set_it(seal: str, enabled: bool, date: str | None, same: bool) -> None:
    found = live({SEALS: seal}, authTokenEnabled=enabled, authTokenLastModifiedDate=date)
    assert differing({"authToken": "new"}, found) == ([] if same else ["authToken"])


def test_a_group_on_its_way_to_failover_has_it() -> None:
    found = live(automaticFailover="enabling", multiAZ="enabled")
    assert differing({"automaticFailoverEnabled": True, "multiAZEnabled": True}, found) == []


def test_a_topic_that_hears_nothing_is_none() -> None:
    node = {"replicationGroupId": "c", "notificationConfiguration": {"topicArn": "arn:t", "topicStatus": "inactive"}}
    found = GROUP.decode(whole({"replicationGroupId": "c"}, [node]))
    assert found["notificationTopicArn"] == ""


def test_what_is_being_deleted_can_be_read() -> None:
    found = GROUP.decode(whole({"replicationGroupId": "c", "status": "deleting", "automaticFailover": "enabled"}, ()))
    assert "numCacheClusters" not in found
    assert found["automaticFailoverEnabled"] is True
