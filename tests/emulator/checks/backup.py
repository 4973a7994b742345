"""AWS Backup: vaults, plans, selections."""

from __future__ import annotations

import json
from typing import Any

from tests.emulator.checks.base import Aws, check, code

RULE = {"RuleName": "daily", "TargetBackupVaultName": "main", "Lifecycle": {"DeleteAfterDays": 7}}
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def planned(aws: Aws, **rule: Any) -> str:
    plan = {"BackupPlanName": "p", "Rules": [{**RULE, **rule}]}
    return str(aws.client("backup").create_backup_plan(BackupPlan=plan)["BackupPlanId"])


def selected(aws: Aws, plan: str, **more: Any) -> str:
    role = aws.client("iam").create_role(RoleName="b", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws.advance(10)
    told = {"SelectionName": "s", "IamRoleArn": role, "Resources": ["arn:aws:rds:*:*:db:*"], **more}
    made = aws.client("backup").create_backup_selection(BackupPlanId=plan, BackupSelection=told)
    return str(made["SelectionId"])


@check("of a vault that does not exist, nobody may know")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    calls = (backup.describe_backup_vault, backup.delete_backup_vault)
    return [code(call, BackupVaultName="none") for call in calls] == ["AccessDeniedException"] * 2


@check("a vault has a key, its own or AWS's")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="main")
    return ":key/" in backup.list_backup_vaults()["BackupVaultList"][0].get("EncryptionKeyArn", "")


@check("a vault's policy and notifications are not there until they are put")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="main")
    before = [
        code(call, BackupVaultName="main")
        for call in (backup.get_backup_vault_access_policy, backup.get_backup_vault_notifications)
    ]
    topic = "arn:aws:sns:us-east-1:123456789012:t"
    backup.put_backup_vault_notifications(
        BackupVaultName="main", SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_FAILED"]
    )
    after = backup.get_backup_vault_notifications(BackupVaultName="main")
    return before == ["ResourceNotFoundException"] * 2 and after["SNSTopicArn"] == topic


@check("a vault that holds recovery points stays")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="main")
    resource = "arn:aws:rds:us-east-1:123456789012:db:db"
    role = "arn:aws:iam::123456789012:role/b"
    point = backup.start_backup_job(BackupVaultName="main", ResourceArn=resource, IamRoleArn=role)["RecoveryPointArn"]
    held = code(backup.delete_backup_vault, BackupVaultName="main")
    backup.delete_recovery_point(BackupVaultName="main", RecoveryPointArn=point)
    return held == "InvalidRequestException" and code(backup.delete_backup_vault, BackupVaultName="main") == ""


@check("a plan is refused for schedules, windows and lifecycles that do not exist")
def _(aws: Aws) -> bool:
    wrong: list[dict[str, Any]] = [
        {"ScheduleExpression": "rate(1 day)"},
        {"ScheduleExpression": "cron(0 5 * * * *)"},
        {"ScheduleExpression": "cron(0/5 * ? * * *)"},
        {"StartWindowMinutes": 30},
        {"StartWindowMinutes": 60, "CompletionWindowMinutes": 90},
        {"Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 60}},
        {"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 36}},
    ]
    return {code(lambda rule=rule: planned(aws, **rule)) for rule in wrong} == {"InvalidParameterValueException"}


@check("a plan is updated as a whole, into a new version")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    plan = planned(aws)
    before = backup.get_backup_plan(BackupPlanId=plan)
    changed = {"BackupPlanName": "q", "Rules": [{**RULE, "RuleName": "weekly"}]}
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=changed)
    after = backup.get_backup_plan(BackupPlanId=plan)
    names = after["BackupPlan"]["BackupPlanName"], [rule["RuleName"] for rule in after["BackupPlan"]["Rules"]]
    return names == ("q", ["weekly"]) and before["VersionId"] != after["VersionId"]


@check("a plan of the same content is refused, unless the request is the same")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    plan = {"BackupPlanName": "p", "Rules": [RULE]}
    first = backup.create_backup_plan(BackupPlan=plan, CreatorRequestId="r")["BackupPlanId"]
    again = backup.create_backup_plan(BackupPlan=plan, CreatorRequestId="r")["BackupPlanId"]
    return bool(first == again) and code(backup.create_backup_plan, BackupPlan=plan) == "AlreadyExistsException"


@check("a plan with selections stays; a selection shows every part of itself")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    plan = planned(aws)
    which = {"BackupPlanId": plan, "SelectionId": selected(aws, plan)}
    shown = backup.get_backup_selection(**which)["BackupSelection"]
    held = code(backup.delete_backup_plan, BackupPlanId=plan)
    backup.delete_backup_selection(**which)
    gone = code(backup.delete_backup_plan, BackupPlanId=plan)
    listed = backup.list_backup_plans()["BackupPlansList"]
    return (held, gone, listed) == ("InvalidRequestException", "", []) and shown["ListOfTags"] == []


@check("a role that AWS Backup cannot take on selects nothing")
def _(aws: Aws) -> bool:
    told = {"SelectionName": "s", "IamRoleArn": "arn:aws:iam::123456789012:role/none", "Resources": ["*"]}
    select = aws.client("backup").create_backup_selection
    return code(select, BackupPlanId=planned(aws), BackupSelection=told) == "InvalidParameterValueException"


@check("tags are those of what exists, and the tag index has plans")
def _(aws: Aws) -> bool:
    backup = aws.client("backup")
    made = backup.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": [RULE]}, BackupPlanTags={"a": "b"})
    index = aws.client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
    known = [item["ResourceARN"] for item in index] == [made["BackupPlanArn"]]
    backup.delete_backup_plan(BackupPlanId=made["BackupPlanId"])
    return known and code(backup.list_tags, ResourceArn=made["BackupPlanArn"]) == "ResourceNotFoundException"
