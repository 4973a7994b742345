"""Backup vaults and plans beyond their regular life."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from reconciler.steps import Action
from tests.engine.small import FREE, POLICY, Docs, but, change, database, run, without
from tests.support import Lab, document, only, open_steps

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
RULE: dict[str, Any] = {
    "ruleName": "daily",
    "targetBackupVaultName": "${BackupVault/main}",
    "scheduleExpression": "cron(0 5 ? * * *)",
    "lifecycle": {"deleteAfterDays": 7},
}
TAGGED = {
    "selectionName": "tagged",
    "iamRoleArn": "${Role/backups}",
    "listOfTags": [{"conditionType": "STRINGEQUALS", "conditionKey": "backup", "conditionValue": "yes"}],
}
NAMED = {"selectionName": "named", "iamRoleArn": "${Role/backups}", "resources": ["arn:aws:rds:*:*:db:*"]}


def planned(*selections: dict[str, Any], **rule: Any) -> Docs:
    return [
        document("BackupVault", "main", {}),
        document("Role", "backups", {"assumeRolePolicyDocument": TRUST}),
        document("BackupPlan", "all", {"backupPlan": {"rules": [{**RULE, **rule}]}, "selections": list(selections)}),
    ]


def settled(lab: Lab, documents: Docs) -> Any:
    stack = lab.stack(documents, policy=POLICY)
    world, left = lab.apply(stack)
    assert open_steps(left) == []
    lab.aws.forget_wire()
    _, again = lab.apply(stack)
    assert open_steps(again) == []
    assert lab.boto_writes() == []
    return world


def writes(lab: Lab, documents: Docs) -> list[str]:
    """What it takes to get there, without what AWS does for tags."""
    lab.aws.forget_wire()
    _, left = lab.apply(lab.stack(documents, policy=POLICY))
    assert open_steps(left) == []
    return [w.removeprefix("backup:") for w in lab.boto_writes()]


def plan_of(lab: Lab) -> str:
    (found,) = lab.client("backup").list_backup_plans()["BackupPlansList"]
    return str(found["BackupPlanId"])


def test_only_the_selection_that_changed_is_renewed(lab: Lab) -> None:
    settled(lab, planned(TAGGED, NAMED))
    changed = {**NAMED, "resources": ["arn:aws:rds:*:*:db:data"]}
    assert writes(lab, planned(TAGGED, changed)) == ["DeleteBackupSelection", "CreateBackupSelection"]
    assert writes(lab, planned(TAGGED)) == ["DeleteBackupSelection"]


def test_what_a_selection_no_longer_says_is_none_of_it(lab: Lab) -> None:
    settled(lab, planned({**NAMED, "notResources": ["arn:aws:rds:*:*:db:scratch"]}))
    assert writes(lab, planned(NAMED)) == ["DeleteBackupSelection", "CreateBackupSelection"]
    plan = plan_of(lab)
    backup = lab.client("backup")
    (listed,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    told = backup.get_backup_selection(BackupPlanId=plan, SelectionId=listed["SelectionId"])["BackupSelection"]
    assert told["NotResources"] == []


def test_a_selection_that_somebody_added_is_removed_and_one_they_deleted_is_made_again(lab: Lab) -> None:
    settled(lab, planned(NAMED))
    backup, plan = lab.client("backup"), plan_of(lab)
    (listed,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    more = {"SelectionName": "more", "IamRoleArn": listed["IamRoleArn"], "Resources": ["*"]}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=more)
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=listed["SelectionId"])
    assert sorted(writes(lab, planned(NAMED))) == ["CreateBackupSelection", "DeleteBackupSelection"]


def test_what_git_does_not_manage_in_a_plan_stays(lab: Lab) -> None:
    settled(lab, planned())
    backup, plan = lab.client("backup"), plan_of(lab)
    told = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]
    rule = {k: v for k, v in told["Rules"][0].items() if k != "RuleId"}
    lifecycle = {"DeleteAfterDays": 120, "MoveToColdStorageAfterDays": 30}
    theirs = {**told, "Rules": [{**rule, "StartWindowMinutes": 90, "Lifecycle": lifecycle}]}
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=theirs)
    lasting = {"deleteAfterDays": 150}
    assert writes(lab, planned(lifecycle=lasting)) == ["UpdateBackupPlan"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"]
    assert (rule["StartWindowMinutes"], rule["Lifecycle"]["MoveToColdStorageAfterDays"]) == (90, 30)
    assert rule["Lifecycle"]["DeleteAfterDays"] == 150


def test_reading_takes_a_call_for_each_plan_and_selection_of_ours_and_none_for_others(lab: Lab) -> None:
    for n in range(5):
        rule = {"RuleName": "r", "TargetBackupVaultName": "main"}
        lab.client("backup").create_backup_plan(BackupPlan={"BackupPlanName": f"other-{n}", "Rules": [rule]})
    settled(lab, planned(TAGGED, NAMED))
    lab.aws.forget_wire()
    lab.plan(lab.stack(planned(TAGGED, NAMED), policy=POLICY))
    calls = [w.operation for w in lab.aws.wire if w.service == "backup"]
    assert sorted(calls) == [
        "GetBackupPlan", "GetBackupSelection", "GetBackupSelection", "ListBackupPlans", "ListBackupSelections",
        "ListBackupVaults",
    ]  # fmt: skip


def test_a_vault_that_holds_recovery_points_is_kept_with_what_to_do(lab: Lab) -> None:
    documents = [document("BackupVault", "main", {}, **FREE), document("LogGroup", "other", {})]
    settled(lab, documents)
    role, resource = "arn:aws:iam::123456789012:role/b", "arn:aws:rds:us-east-1:123456789012:db:x"
    lab.client("backup").start_backup_job(BackupVaultName="main", ResourceArn=resource, IamRoleArn=role)
    lab.aws.forget_wire()
    told = change(run(lab, lab.stack(documents[1:], policy=POLICY)), "BackupVault/main")
    assert told["action"] == "refused"
    assert told["reason"].startswith("it holds 1 recovery points. Delete them")
    keyed = [
        *documents[1:],
        document("BackupVault", "main", {"encryptionKeyArn": "arn:aws:kms:us-east-1:1:key/x"}, **FREE),
    ]
    told = change(run(lab, lab.stack(keyed, policy=POLICY)), "BackupVault/main")
    assert told["action"] == "refused"
    assert lab.boto_writes() == []


def test_vaults_are_kept_unless_git_says_otherwise(lab: Lab) -> None:
    settled(lab, planned())
    report = run(lab, lab.stack(without(planned(), "BackupVault/main", "BackupPlan/all"), policy=POLICY))
    assert "because it holds data" in change(report, "BackupVault/main")["reason"]
    assert lab.client("backup").list_backup_vaults()["BackupVaultList"]


def test_somebody_else_s_plan_of_that_name_is_a_conflict(lab: Lab) -> None:
    rule = {"RuleName": "r", "TargetBackupVaultName": "main"}
    lab.client("backup").create_backup_plan(BackupPlan={"BackupPlanName": "all", "Rules": [rule]})
    told = change(run(lab, lab.stack(planned(), policy=POLICY)), "BackupPlan/all")
    assert (told["action"], told["cause"]) == ("refused", "conflict")


def test_a_plan_changes_its_name_in_place(lab: Lab) -> None:
    settled(lab, planned())
    before = plan_of(lab)
    settled(lab, but(planned(), "BackupPlan", {"backupPlan": {"backupPlanName": "other", "rules": [RULE]}}))
    assert plan_of(lab) == before


def test_notifications_need_both_parts_and_can_be_none(lab: Lab) -> None:
    told = {"snsTopicArn": "${Topic/alerts}", "backupVaultEvents": ["BACKUP_JOB_FAILED"]}
    topic = document("Topic", "alerts", {})
    settled(lab, [topic, document("BackupVault", "main", {"notifications": told})])
    assert writes(lab, [topic, document("BackupVault", "main", {"notifications": {}})]) == [
        "DeleteBackupVaultNotifications"
    ]
    assert settled(lab, [topic, document("BackupVault", "main", {"notifications": {}})])


def test_copies_go_to_a_vault_of_another_region_in_another_stack(lab: Lab) -> None:
    away = lab.stack([document("BackupVault", "copies", {})], name="away", region="eu-west-1", policy=POLICY)
    world, left = lab.apply(away)
    assert open_steps(left) == []
    arn = only(world, "BackupVault/copies").arn
    assert arn == "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies"
    settled(lab, planned(copyActions=[{"destinationBackupVaultArn": arn, "lifecycle": {"deleteAfterDays": 30}}]))


def test_h34_a_database_that_aws_backup_takes_over_is_left_to_it(lab: Lab) -> None:
    data = {"selectionName": "data", "iamRoleArn": "${Role/backups}", "resources": ["${DBInstance/data:arn}"]}
    documents = [*database(backupRetentionPeriod=7, preferredBackupWindow="01:00-02:00")]
    documents += planned(data, enableContinuousBackup=True)
    lab.apply(lab.stack(documents, policy=POLICY))
    lab.clock.sleep(60)
    (found,) = lab.client("rds").describe_db_instances()["DBInstances"]
    assert found["AwsBackupRecoveryPointArn"]
    assert (found["BackupRetentionPeriod"], found["PreferredBackupWindow"]) != (7, "01:00-02:00")
    settled(lab, documents)
    (vault,) = lab.client("backup").list_backup_vaults()["BackupVaultList"]
    assert vault["NumberOfRecoveryPoints"] == 1


def test_backup_that_may_not_be_read_is_unknown(lab: Lab) -> None:
    from reconciler.emulator.faults import Faults

    settled(lab, planned())
    Faults(lab.aws).deny("backup:List*")
    _, plan = lab.plan(lab.stack(planned(), policy=POLICY))
    found = {s.address: s.action for s in plan.steps}
    assert (found["BackupVault/main"], found["BackupPlan/all"]) == (Action.UNKNOWN, Action.UNKNOWN)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"scheduleExpression": "rate(1 day)"}, "is no schedule"),
    ({"scheduleExpression": "cron(0 5 * * *)"}, "it has 5 parts, and needs 6"),
    ({"scheduleExpression": "cron(0 5 * * * *)"}, "must be `?`"),
    ({"scheduleExpression": "cron(0 5 ? * % *)"}, '"%" means nothing here'),
    ({"scheduleExpression": "cron(0/15 * ? * * *)"}, "once an hour at most"),
    ({"startWindowMinutes": 30}, "startWindowMinutes"),
    ({"startWindowMinutes": 120, "completionWindowMinutes": 150}, "not an hour more than startWindowMinutes"),
    ({"lifecycle": {"moveToColdStorageAfterDays": 30, "deleteAfterDays": 60}}, "Write 120 or more"),
    ({"enableContinuousBackup": True, "lifecycle": {"deleteAfterDays": 36}}, "kept for 1 to 35 days"),
    (
        {"enableContinuousBackup": True, "lifecycle": {"deleteAfterDays": 30, "moveToColdStorageAfterDays": 1}},
        "cannot be cold",
    ),
    ({"copyActions": [{"destinationBackupVaultArn": "${BackupVault/main}"}]}, "a copy needs the whole ARN"),
    ({"copyActions": [{"destinationBackupVaultArn": "copies"}]}, "a copy needs the whole ARN"),
    ({"ruleName": "a b"}, "does not have the form"),
]


@pytest.mark.parametrize(("rule", "said"), WRONG)
def test_a_plan_that_aws_would_refuse_is_told_offline(rule: dict[str, Any], said: str, lab: Lab) -> None:
    with pytest.raises(DesiredError) as caught:
        lab.stack(planned(**rule))
    assert said in str(caught.value)


def test_selections_select_something_under_a_name_of_their_own(lab: Lab) -> None:
    nothing = {"selectionName": "tagged", "iamRoleArn": "${Role/backups}", "resources": []}
    with pytest.raises(DesiredError) as caught:
        lab.stack(planned(TAGGED, nothing))
    assert "it selects nothing" in str(caught.value)
    assert '"tagged" is the selectionName of 2 of them' in str(caught.value)
