"""The irregular parts of the kinds of IAM, KMS, SNS, CloudWatch, Logs and S3, without AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.calls import T
from reconciler.kind import ADDRESS, STACK, Ask, Call, Live, Program, State, Wanted
from reconciler.kinds.cloudwatch.alarm import Alarm
from reconciler.kinds.ecr.repository import Repository
from reconciler.kinds.iam.role import Role
from reconciler.kinds.kms.key import Key
from reconciler.kinds.logs.log_group import LogGroup
from reconciler.kinds.s3.bucket import Bucket
from reconciler.kinds.sns.topic import Topic

OURS = {STACK: "shop", ADDRESS: "Key/data"}
Answers = Mapping[str, Any]


def drive(program: Program[T], answers: Answers) -> tuple[list[Call], T]:
    """Run a program on prepared answers, by operation; a function is asked with the call's parameters."""
    calls: list[Call] = []
    try:
        call = next(program)
        while True:
            calls.append(call)
            answer = answers.get(call.operation, {})
            call = program.send(answer(call.params) if isinstance(answer, Callable) else answer)  # type: ignore[arg-type]
    except StopIteration as end:
        return calls, end.value


def said(calls: list[Call]) -> list[tuple[str, dict[str, Any]]]:
    return [(call.operation, dict(call.params)) for call in calls if call.writes]


def want(name: str = "x", tags: Mapping[str, str] | None = None, region: str = "", **spec: Any) -> Wanted:
    return Wanted(f"Kind/{name}", name, spec, tags or {}, region=region)


def ask(*fields: str, keys: tuple[str, ...] = (), index: Mapping[str, Mapping[str, str]] | None = None) -> Ask:
    return Ask("shop", "1" * 12, "eu-west-1", frozenset(keys), frozenset(fields), index or {})


def test_h77_a_subscription_that_waits_for_a_person_is_left_alone() -> None:
    listed = {
        "subscriptions": [{"subscriptionArn": "PendingConfirmation", "protocol": "email", "endpoint": "a@example.com"}]
    }
    topics = {"topics": [{"topicArn": "arn:aws:sns:eu-west-1:1:alerts"}]}
    _, (live,) = drive(
        Topic().read(ask("subscriptions", keys=("alerts",))), {"ListTopics": topics, "ListSubscriptionsByTopic": listed}
    )
    wanted = want(
        "alerts", subscriptions=[{"protocol": "email", "endpoint": "a@example.com", "filterPolicy": {"x": ["y"]}}]
    )
    assert list(Topic().diff(wanted, live)) == []
    assert said(drive(Topic().set_subscriptions(wanted, live), {})[0]) == []
    assert drive(Topic().inspect(live), {})[1] == ""
    assert Topic().note(wanted, live) == "waiting for a@example.com to confirm the subscription"
    assert said(drive(Topic().set_subscriptions(want("alerts", subscriptions=[]), live), {})[0]) == []


def test_h77_a_tombstone_is_no_subscription() -> None:
    listed = {"subscriptions": [{"subscriptionArn": "Deleted", "protocol": "sqs", "endpoint": "arn:q"}]}
    topics = {"topics": [{"topicArn": "arn:aws:sns:eu-west-1:1:alerts"}]}
    _, (live,) = drive(
        Topic().read(ask("subscriptions", keys=("alerts",))), {"ListTopics": topics, "ListSubscriptionsByTopic": listed}
    )
    wanted = want("alerts", subscriptions=[{"protocol": "sqs", "endpoint": "arn:q"}])
    assert [operation for operation, _ in said(drive(Topic().set_subscriptions(wanted, live), {})[0])] == ["Subscribe"]


def take_alias(holder: Mapping[str, str] | None) -> list[tuple[str, dict[str, Any]]]:
    aliases = [{"aliasName": "alias/data", "targetKeyId": "old"}] if holder is not None else []
    tags = [{"tagKey": k, "tagValue": v} for k, v in (holder or {}).items()]
    answers = {
        "CreateKey": {"keyMetadata": {"keyId": "new"}},
        "ListAliases": {"aliases": aliases},
        "ListResourceTags": {"tags": tags},
    }
    return said(drive(Key().create(want("data", OURS, alias="alias/data")), answers)[0])[1:]


def test_h51_an_alias_is_taken_over_only_from_a_key_of_the_same_address() -> None:
    to = {"aliasName": "alias/data", "targetKeyId": "new"}
    assert take_alias(None) == [("CreateAlias", to)]
    assert take_alias(OURS) == [("UpdateAlias", to)]
    assert take_alias({**OURS, ADDRESS: "Key/other"}) == [("CreateAlias", to)]
    assert take_alias({}) == [("CreateAlias", to)]


def test_h51_a_key_that_waits_for_its_deletion_can_be_restored() -> None:
    aliases = {
        "aliases": [
            {"aliasName": "alias/data", "targetKeyId": "k1"},
            {"aliasName": "alias/foreign", "targetKeyId": "k2"},
        ]
    }
    pending = {"keyMetadata": {"keyId": "k1", "keyState": "PendingDeletion"}}
    calls, (live,) = drive(Key().read(ask(keys=("alias/data",))), {"ListAliases": aliases, "DescribeKey": pending})
    assert live.state is State.DELETED
    assert [call.params.get("keyId") for call in calls if call.operation == "DescribeKey"] == ["k1"]
    assert [operation for operation, _ in said(drive(Key().restore(live), {})[0])] == ["CancelKeyDeletion", "EnableKey"]


def test_a_key_is_enabled_before_and_disabled_after_its_rotation_changes() -> None:
    off = Live("Key", "k1", {"enabled": False, "enableKeyRotation": False})
    on = Live("Key", "k1", {"enabled": True, "enableKeyRotation": False})
    calls = said(drive(Key().set_use(want(enabled=True, enableKeyRotation=True), off), {})[0])
    assert [operation for operation, _ in calls] == ["EnableKey", "EnableKeyRotation"]
    calls = said(drive(Key().set_use(want(enabled=False, enableKeyRotation=True), on), {})[0])
    assert [operation for operation, _ in calls] == ["EnableKeyRotation", "DisableKey"]


def test_the_deletion_window_is_kept_in_a_tag() -> None:
    calls = said(drive(Key().create(want("data", OURS, pendingWindowInDays=7)), {})[0])
    assert {"tagKey": "reconciler:deletion-window", "tagValue": "7"} in calls[0][1]["tags"]
    arn = "arn:aws:kms:eu-west-1:111111111111:key/k1"
    index = {arn: {**OURS, "reconciler:deletion-window": "7"}}
    described = {"keyMetadata": {"keyId": "k1", "keyState": "Enabled"}}
    _, (live,) = drive(Key().read(ask(index=index)), {"DescribeKey": described})
    assert said(drive(Key().delete(live), {})[0]) == [
        ("ScheduleKeyDeletion", {"keyId": "k1", "pendingWindowInDays": 7})
    ]


def test_putting_an_alarm_repeats_what_nobody_manages() -> None:
    raw = {
        "metricName": "CPU",
        "statistic": "Sum",
        "threshold": 0.0,
        "okActions": [],
        "dimensions": [{"name": "A", "value": "b"}],
    }
    live = Live("Alarm", "hot", {}, raw=raw)
    (call,) = said(drive(Alarm().update(want("hot", statistic="Average"), live, ["statistic"]), {})[0])
    kept = {k: raw[k] for k in ("metricName", "threshold", "dimensions")}
    assert call == ("PutMetricAlarm", {"alarmName": "hot", **kept, "statistic": "Average"})
    (call,) = said(
        drive(Alarm().update(want("hot", metrics=[{"id": "m", "expression": "1"}]), live, ["metrics"]), {})[0]
    )
    assert call == (
        "PutMetricAlarm",
        {"alarmName": "hot", "threshold": 0.0, "metrics": [{"id": "m", "expression": "1"}]},
    )


def test_alarms_are_asked_for_by_name_a_hundred_at_a_time() -> None:
    index = {f"arn:aws:cloudwatch:eu-west-1:1:alarm:old-{i}": OURS for i in range(100)}
    calls, _ = drive(Alarm().read(ask(keys=("new",), index=index)), {"DescribeAlarms": {"metricAlarms": []}})
    assert [len(call.params["alarmNames"]) for call in calls] == [100, 1]


def test_h47_log_groups_are_known_by_their_arn_without_its_tail() -> None:
    arn = "arn:aws:logs:eu-west-1:1:log-group:/ecs/app"
    groups = {
        "logGroups": [
            {"logGroupName": "/ecs/app", "arn": f"{arn}:*"},
            {"logGroupName": "/ecs/apple", "arn": f"{arn}le:*"},
        ]
    }
    calls, (live,) = drive(LogGroup().read(ask(index={arn: OURS})), {"DescribeLogGroups": groups})
    assert (live.id, live.arn, live.tags, live.spec["retentionInDays"]) == ("/ecs/app", arn, OURS, 0)
    assert [call.params for call in calls] == [{"logGroupNamePrefix": "/ecs/app"}]


def test_h64_a_role_is_stripped_before_it_is_deleted() -> None:
    raw = {"instanceProfileList": [{"instanceProfileName": "p"}]}
    live = Live("Role", "r", {"managedPolicyArns": ["arn:p"], "policies": {"inline": {}}}, raw=raw)
    operations = [operation for operation, _ in said(drive(Role().delete(live), {})[0])]
    assert operations == ["DetachRolePolicy", "DeleteRolePolicy", "RemoveRoleFromInstanceProfile", "DeleteRole"]


def test_h69_a_role_update_never_leaves_out_what_aws_would_reset() -> None:
    live = Live("Role", "r", {"description": "old", "maxSessionDuration": 7200})
    (call,) = said(drive(Role().update(want("r", description="new"), live, ["description"]), {})[0])
    assert call == ("UpdateRole", {"roleName": "r", "description": "new", "maxSessionDuration": 7200})


def test_h75_a_bucket_without_configurations_is_what_aws_makes_of_it() -> None:
    spec: dict[str, Any] = {
        "policy": {},
        "lifecycleConfiguration": {},
        "websiteConfiguration": {},
        "serverSideEncryptionConfiguration": {
            "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
        },
    }
    absent = dict.fromkeys(
        ("GetBucketPolicy", "GetBucketLifecycleConfiguration", "GetBucketWebsite", "GetBucketEncryption")
    )
    _, (live,) = drive(Bucket().read(ask(*spec, keys=("b",))), {**absent, "ListBuckets": {"buckets": [{"name": "b"}]}})
    assert list(Bucket().diff(want("b", **spec), live)) == []


def test_h75_no_public_access_block_is_a_hole() -> None:
    found = {"ListBuckets": {"buckets": [{"name": "b"}]}, "GetPublicAccessBlock": None}
    _, (live,) = drive(Bucket().read(ask("publicAccessBlockConfiguration", keys=("b",))), found)
    wanted = want("b", publicAccessBlockConfiguration={"blockPublicPolicy": True})
    assert [d.path for d in Bucket().diff(wanted, live)] == ["publicAccessBlockConfiguration.blockPublicPolicy"]


def test_a_bucket_keeps_the_parts_that_nobody_manages() -> None:
    live = Live(
        "Bucket", "b", {"publicAccessBlockConfiguration": {"blockPublicAcls": True, "blockPublicPolicy": False}}
    )
    wanted = want("b", publicAccessBlockConfiguration={"blockPublicPolicy": True})
    (call,) = said(drive(Bucket().configure(wanted, live), {})[0])
    both = {"blockPublicAcls": True, "blockPublicPolicy": True}
    assert call == ("PutPublicAccessBlock", {"bucket": "b", "publicAccessBlockConfiguration": both})


def test_nothing_means_none_for_a_bucket() -> None:
    live = Live(
        "Bucket",
        "b",
        {"websiteConfiguration": {"indexDocument": {"suffix": "a"}}},
    )
    wanted = want("b", websiteConfiguration={}, policy={})
    assert said(drive(Bucket().configure(wanted, live), {})[0]) == [
        ("DeleteBucketPolicy", {"bucket": "b"}),
        ("DeleteBucketWebsite", {"bucket": "b"}),
    ]


def test_tagging_a_bucket_keeps_its_other_tags() -> None:
    found = {
        "tagSet": [{"key": "theirs", "value": "1"}, {"key": "aws:x", "value": "2"}, {"key": "team", "value": "old"}]
    }
    live = Live("Bucket", "b", {}, arn="arn:aws:s3:::b")
    (call,) = said(drive(Bucket().tag(live, {"team": "new"}), {"GetBucketTagging": found})[0])
    tags = [{"key": "theirs", "value": "1"}, {"key": "aws:x", "value": "2"}, {"key": "team", "value": "new"}]
    assert call == ("PutBucketTagging", {"bucket": "b", "tagging": {"tagSet": tags}})


def test_a_bucket_names_its_region_except_the_first() -> None:
    for region, constraint in (("us-east-1", None), ("eu-west-1", "eu-west-1")):
        (call,) = said(drive(Bucket().create(want("b", OURS, region)), {})[0])
        assert call[1]["createBucketConfiguration"].get("locationConstraint") == constraint


def test_rules_of_a_lifecycle_policy_have_no_order_but_their_priority() -> None:
    one, two = ({"rulePriority": n, "selection": {"tagStatus": "any"}, "action": {"type": "expire"}} for n in (1, 2))
    kind = Repository.fields["lifecyclePolicy"].type
    assert list(kind.diff("lifecyclePolicy", {"rules": [two, one]}, {"rules": [one, two]})) == []
    assert list(kind.diff("lifecyclePolicy", {}, {"rules": [one]})) != []
    swapped = {"rules": [{**one, "rulePriority": 2}, {**two, "rulePriority": 1, "action": {"type": "keep"}}]}
    assert list(kind.diff("lifecyclePolicy", swapped, {"rules": [one, two]})) != []
