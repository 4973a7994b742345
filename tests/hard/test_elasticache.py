"""Caches: names, versions, the password that nobody can read, and a service that takes one change at a time."""

from __future__ import annotations

from typing import Any

import pytest
from moto.elasticache.models import elasticache_backends

from reconciler.emulator.fixes import elasticache_modify
from reconciler.steps import Action
from tests.engine.small import FREE, POLICY, Docs, change, killed, network, run
from tests.support import ACCOUNT, REGION, Lab, document, only, open_steps

PLAIN: dict[str, Any] = {
    "replicationGroupId": "Cache",
    "replicationGroupDescription": "sessions",
    "engine": "redis",
    "engineVersion": "7.0",
    "cacheNodeType": "cache.t3.micro",
    "numCacheClusters": 1,
    "cacheSubnetGroupName": "${CacheSubnetGroup/Net}",
    "securityGroupIds": ["${SecurityGroup/app}"],
    "preferredMaintenanceWindow": "Sun:05:00-Sun:06:00",
}
GUARDED = {"transitEncryptionEnabled": True, "authToken": "${Secret/token:value}"}
GENERATED = {"value": {"generate": {"length": 32, "excludePunctuation": True}}}
SPREAD = {"numCacheClusters": 2, "automaticFailoverEnabled": True, "multiAZEnabled": True}


def cache(**spec: Any) -> Docs:
    told = {name: value for name, value in {**PLAIN, **spec}.items() if value is not None}
    return [
        *network(),
        document("SecurityGroup", "app", {"vpcId": "${VPC/net}", "description": "the app"}),
        document("CacheSubnetGroup", "Net", {
            "cacheSubnetGroupDescription": "net", "subnetIds": ["${Subnet/a}", "${Subnet/b}"],
        }),
        document("CacheParameterGroup", "new", {
            "cacheParameterGroupFamily": "valkey8", "description": "settings", "parameters": {"timeout": 300},
        }),
        document("Secret", "token", GENERATED, **FREE),
        document("ReplicationGroup", "cache", told, **FREE),
    ]  # fmt: skip


def settled(lab: Lab, documents: Docs) -> list[dict[str, Any]]:
    """Apply; see that nothing is left, and that nothing is done again; return what was sent to change the group."""
    lab.aws.forget_wire()
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    sent = changes(lab)
    lab.aws.forget_wire()
    assert open_steps(lab.apply(lab.stack(documents, policy=POLICY))[1]) == []
    assert lab.boto_writes() == []
    assert not lab.aws.blunders(), lab.aws.crashes
    return sent


def changes(lab: Lab) -> list[dict[str, Any]]:
    """The changes that AWS has accepted."""
    told = [w.params for w in lab.aws.wire if w.operation == "ModifyReplicationGroup" and w.status < 400]
    return [{k: v for k, v in p.items() if k not in ("ReplicationGroupId", "ApplyImmediately")} for p in told]


def aws_has() -> Any:
    """The group in the emulator's own hands."""
    return elasticache_backends[ACCOUNT][REGION].replication_groups["cache"]


def planned(lab: Lab, documents: Docs) -> Any:
    _, plan = lab.plan(lab.stack(documents, policy=POLICY))
    return next(step for step in plan.steps if step.address == "ReplicationGroup/cache")


def somebody(lab: Lab, **spec: Any) -> None:
    """Somebody changes the group by hand, and it is done."""
    lab.client("elasticache").modify_replication_group(ReplicationGroupId="cache", ApplyImmediately=True, **spec)
    lab.clock.sleep(60)


def token(lab: Lab) -> str:
    return str(lab.client("secretsmanager").get_secret_value(SecretId="token")["SecretString"])


def rotated(lab: Lab) -> str:
    """Somebody gives the secret another value."""
    lab.client("secretsmanager").put_secret_value(SecretId="token", SecretString="another-token-by-somebody")
    return "another-token-by-somebody"


@pytest.mark.parametrize(("wanted", "runs"), [("7.0", "7.0.7"), ("6.x", "6.2.6"), ("6.2", "6.2.6"), ("5.0.6", "5.0.6")])
def test_h74_names_and_versions_in_other_spellings_are_the_same(wanted: str, runs: str, lab: Lab) -> None:
    settled(lab, cache(engineVersion=wanted))
    assert (aws_has().replication_group_id, aws_has().version) == ("cache", runs)


def test_h74_a_newer_version_is_in_sync_and_nobody_goes_back(lab: Lab) -> None:
    settled(lab, cache())
    somebody(lab, EngineVersion="7.1")
    assert settled(lab, cache()) == []
    somebody(lab, Engine="valkey", EngineVersion="8.0", CacheParameterGroupName="default.valkey8")
    assert settled(lab, cache(engine=None)) == []
    assert aws_has().version == "8.0.1"


def test_h74_from_redis_to_valkey_in_place_with_the_settings_of_the_new_engine(lab: Lab) -> None:
    settled(lab, cache())
    before = aws_has()
    moved = cache(engine="valkey", engineVersion="8.0", cacheParameterGroupName="${CacheParameterGroup/new}")
    assert settled(lab, moved) == [{"Engine": "valkey", "EngineVersion": "8.0", "CacheParameterGroupName": "new"}]
    assert aws_has() is before


def test_h74_a_changed_secret_rotates_the_password_once(lab: Lab) -> None:
    settled(lab, cache(**GUARDED))
    first = token(lab)
    assert aws_has().tokens == [first]
    second = rotated(lab)
    assert settled(lab, cache(**GUARDED)) == [{"AuthToken": second, "AuthTokenUpdateStrategy": "ROTATE"}]
    assert aws_has().tokens == [first, second]
    assert settled(lab, cache(**GUARDED, snapshotRetentionLimit=3)) == [{"SnapshotRetentionLimit": 3}]


def test_h74_set_lets_the_old_password_in_no_longer(lab: Lab) -> None:
    settled(lab, cache(**GUARDED))
    second = rotated(lab)
    settled(lab, cache(**GUARDED, authTokenUpdateStrategy="SET"))
    assert aws_has().tokens == [second]


def test_h74_a_group_without_a_password_is_closed_at_once(lab: Lab) -> None:
    settled(lab, cache(transitEncryptionEnabled=True))
    assert [sent["AuthTokenUpdateStrategy"] for sent in settled(lab, cache(**GUARDED))] == ["SET"]
    somebody(lab, AuthTokenUpdateStrategy="DELETE")
    settled(lab, cache(**GUARDED))
    assert aws_has().tokens == [token(lab)]


def test_h74_a_run_that_dies_before_the_password_is_set_does_not_take_it_for_set(lab: Lab) -> None:
    """AWS takes no tags while it sets a password, so what it was made of is written down before."""
    settled(lab, cache(**GUARDED))
    second = rotated(lab)
    stack = lab.stack(cache(**GUARDED), policy=POLICY)
    assert killed(lab, stack, 1)
    assert second not in aws_has().tokens
    assert "reconciler:secrets" in {k for w in lab.aws.wire if w.operation == "AddTagsToResource" for k in keys(w)}
    settled(lab, cache(**GUARDED))
    assert aws_has().tokens[-1] == second


def keys(wire: Any) -> list[str]:
    return [tag["Key"] for tag in wire.params["Tags"]]


def test_h74_a_run_that_dies_after_the_password_was_set_does_not_set_it_again(lab: Lab) -> None:
    settled(lab, cache(**GUARDED))
    second = rotated(lab)
    assert not killed(lab, lab.stack(cache(**GUARDED), policy=POLICY), 2)
    assert settled(lab, cache(**GUARDED)) == []
    assert aws_has().tokens[-1] == second


def test_h74_an_adopted_group_gets_the_password_of_git(lab: Lab) -> None:
    settled(lab, cache(**GUARDED))
    arn = aws_has().arn
    names = ["reconciler:stack", "reconciler:address", "reconciler:secrets"]
    lab.client("elasticache").remove_tags_from_resource(ResourceName=arn, TagKeys=names)
    somebody(lab, AuthToken="a-token-that-nobody-knows", AuthTokenUpdateStrategy="SET")
    documents = cache(**GUARDED)
    documents[-1]["lifecycle"] = {**FREE, "adopt": True}
    settled(lab, documents)
    assert aws_has().tokens[-1] == token(lab)


def test_h74_the_password_is_nowhere_to_be_read(lab: Lab) -> None:
    settled(lab, cache(**GUARDED))
    rotated(lab)
    entry = change(run(lab, lab.stack(cache(**GUARDED), policy=POLICY), "plan"), "ReplicationGroup/cache")
    assert [(f["path"], str(f["desired"])) for f in entry["fields"]] == [("authToken", "(sensitive)")]
    assert token(lab) not in str(entry)


def test_h74_what_waits_for_the_window_is_not_sent_twice(lab: Lab) -> None:
    settled(lab, cache())
    later = cache(cacheNodeType="cache.t3.medium", engineVersion="7.1", applyImmediately=False)
    assert len(settled(lab, later)) == 1
    assert aws_has().settings["CacheNodeType"] == "cache.t3.micro"
    world, _ = lab.plan(lab.stack(later, policy=POLICY))
    told = only(world, "ReplicationGroup/cache").reason
    assert told == "pending until sun:05:00-sun:06:00: cacheNodeType, engineVersion"
    elasticache_modify.open_maintenance_window(elasticache_backends[ACCOUNT][REGION])
    lab.clock.sleep(60)
    assert settled(lab, later) == []
    assert aws_has().settings["CacheNodeType"] == "cache.t3.medium"


def test_a_group_grows_before_it_fails_over_and_shrinks_after(lab: Lab) -> None:
    settled(lab, cache())
    settled(lab, cache(**SPREAD))
    assert (len(list(aws_has().nodes())), aws_has().settings["MultiAZEnabled"]) == (2, True)
    settled(lab, cache(automaticFailoverEnabled=False, multiAZEnabled=False))
    assert len(list(aws_has().nodes())) == 1


def test_many_changes_at_once_are_made_one_after_the_other(lab: Lab) -> None:
    settled(lab, cache(**GUARDED))
    second = rotated(lab)
    everything = {**GUARDED, **SPREAD, "transitEncryptionMode": "preferred", "cacheNodeType": "cache.t3.medium"}
    settled(lab, cache(**everything, snapshotRetentionLimit=5))
    assert aws_has().tokens[-1] == second
    found = aws_has().settings
    assert (found["CacheNodeType"], found["TransitEncryptionMode"]) == ("cache.t3.medium", "preferred")


@pytest.mark.parametrize("mode", ["required", None])
def test_encryption_is_switched_on_by_way_of_preferred_and_off_again(mode: str | None, lab: Lab) -> None:
    settled(lab, cache())
    sent = settled(lab, cache(transitEncryptionEnabled=True, transitEncryptionMode=mode))
    assert [one["TransitEncryptionMode"] for one in sent] == ["preferred", *([mode] if mode else [])]
    settled(lab, cache(transitEncryptionEnabled=False))
    assert aws_has().settings["TransitEncryptionEnabled"] is False


def test_shards_come_and_go(lab: Lab) -> None:
    sharded = {"numCacheClusters": None, "replicasPerNodeGroup": 1, "automaticFailoverEnabled": True}
    settled(lab, cache(**sharded, numNodeGroups=2))
    settled(lab, cache(**{**sharded, "replicasPerNodeGroup": 2}, numNodeGroups=3))
    assert [len(members) for members in aws_has().shards.values()] == [3, 3, 3]
    settled(lab, cache(**sharded, numNodeGroups=2))
    assert [len(members) for members in aws_has().shards.values()] == [2, 2]


def test_what_only_one_node_has_is_drift(lab: Lab) -> None:
    settled(lab, cache(**SPREAD))
    lab.client("elasticache").modify_cache_cluster(
        CacheClusterId="cache-002", PreferredMaintenanceWindow="mon:01:00-mon:02:00"
    )
    step = planned(lab, cache(**SPREAD))
    assert [(d.path, d.live) for d in step.differences] == [("preferredMaintenanceWindow", "mon:01:00-mon:02:00")]
    settled(lab, cache(**SPREAD))


def test_a_setting_that_git_no_longer_lists_goes_back_to_its_default(lab: Lab) -> None:
    def tuned(**parameters: Any) -> Docs:
        spec = {"cacheParameterGroupFamily": "redis7", "description": "x", "parameters": parameters}
        return [document("CacheParameterGroup", "tuned", spec)]

    settled(lab, tuned(timeout=300, activedefrag=True))
    lab.client("elasticache").modify_cache_parameter_group(
        CacheParameterGroupName="tuned", ParameterNameValues=[{"ParameterName": "databases", "ParameterValue": "3"}]
    )
    settled(lab, tuned(activedefrag="yes"))
    answer = lab.client("elasticache").describe_cache_parameters(CacheParameterGroupName="tuned", Source="user")
    assert {p["ParameterName"]: p["ParameterValue"] for p in answer["Parameters"]} == {"activedefrag": "yes"}


def test_each_group_leaves_a_last_snapshot_of_its_own(lab: Lab) -> None:
    for _ in range(2):
        settled(lab, cache())
        assert open_steps(lab.destroy(lab.stack(cache(), policy=POLICY))[1]) == []
        lab.clock.sleep(60)
    names = [s["SnapshotName"] for s in lab.client("elasticache").describe_snapshots()["Snapshots"]]
    assert len(set(names)) == 2
    assert all(name.startswith("cache-final-") for name in names)


def test_a_group_that_changes_is_waited_for_although_its_tags_cannot_be_read(lab: Lab) -> None:
    settled(lab, cache())
    lab.client("elasticache").modify_replication_group(
        ReplicationGroupId="cache", CacheNodeType="cache.t3.medium", ApplyImmediately=True
    )
    changed = cache(cacheNodeType="cache.t3.medium", tags={"team": "core"})
    assert planned(lab, changed).action is Action.WAIT
    settled(lab, changed)


def test_a_group_that_changes_is_still_ours_to_delete(lab: Lab) -> None:
    settled(lab, cache())
    lab.client("elasticache").modify_replication_group(
        ReplicationGroupId="cache", CacheNodeType="cache.t3.medium", ApplyImmediately=True
    )
    assert open_steps(lab.apply(lab.stack(cache()[:-1], policy=POLICY))[1]) == []
    assert lab.client("elasticache").describe_replication_groups()["ReplicationGroups"] == []


def test_a_log_that_does_not_arrive_is_told(lab: Lab) -> None:
    log = {
        "logType": "slow-log", "destinationType": "cloudwatch-logs", "logFormat": "json",
        "destinationDetails": {"cloudWatchLogsDetails": {"logGroup": "/nowhere"}},
    }  # fmt: skip
    settled(lab, cache(logDeliveryConfigurations=[log]))
    live = planned(lab, cache(logDeliveryConfigurations=[log])).live
    told = "the slow-log is not delivered: Destination log group /nowhere does not exist"
    assert planned(lab, cache()).kind.health(live) == told
