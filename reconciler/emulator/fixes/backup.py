"""AWS Backup: plans in versions, with selections; what they select is backed up at once, if continuously."""

from __future__ import annotations

import fnmatch
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from moto.backup.models import Plan
from moto.backup.responses import BackupResponse
from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes import backup_check, backup_vaults
from reconciler.emulator.fixes.agenda import Json, Moto, after, loaded, refuse, replace_all
from reconciler.emulator.fixes.paging import page
from reconciler.emulator.patch import Method, once

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTING = 0.5
_MANY = 100


def _plan_of(self: Moto) -> Moto:
    plan = self.backup_backend.plans.get(self.path.split("/backup/plans/")[1].split("/")[0])
    if plan is None or plan.deletion_date is not None:
        refuse("ResourceNotFoundException", "Failed reading Backup plan with provided version")
    return plan


def _listed(self: Moto, name: str, rows: list[Json]) -> str:
    size = self._get_param("maxResults")
    shown, token = page(rows, self._get_param("nextToken"), int(size) if size else None, _MANY)
    return json.dumps({name: shown, **({"NextToken": token} if token else {})})


def _create(_original: Method, self: Moto) -> str:
    body, backend = json.loads(self.body), self.backup_backend
    wanted, request = body["BackupPlan"], body.get("CreatorRequestId")
    backup_check.plan(wanted)
    live = [plan for plan in backend.plans.values() if plan.deletion_date is None]
    if again := next((p for p in live if request and p.creator_request_id == request), None):
        return json.dumps(again.to_dict())
    if any(plan.told == wanted for plan in live):
        refuse("AlreadyExistsException", "Backup plan with the same plan document already exists")
    plan: Moto = Plan(json.loads(json.dumps(wanted)), request, backend)
    plan.selections = {}
    _become(plan, wanted)
    if body.get("BackupPlanTags"):
        backend.tag_resource(plan.backup_plan_arn, body["BackupPlanTags"])
    backend.plans[plan.backup_plan_id] = plan
    return json.dumps(plan.to_dict())


def _become(plan: Moto, wanted: Json) -> None:
    """Let the plan be what is wanted, in a new version."""
    plan.told = wanted
    rules = [{**backup_check.DEFAULTS, **rule, "RuleId": str(mock_random.uuid4())} for rule in wanted["Rules"]]
    plan.backup_plan = {**wanted, "Rules": rules}
    plan.version_id = mock_random.get_random_string(length=48)
    plan.advanced_backup_settings = wanted.get("AdvancedBackupSettings") or []


def _update(_original: Method, self: Moto) -> str:
    plan, wanted = _plan_of(self), json.loads(self.body)["BackupPlan"]
    backup_check.plan(wanted)
    _become(plan, wanted)
    _begin(self, plan)
    return json.dumps(plan.to_dict())


def _delete(original: Method, self: Moto) -> Any:
    plan = _plan_of(self)
    if plan.selections:
        refuse(
            "InvalidRequestException", "Related backup plan selections must be deleted prior to backup plan deletion"
        )
    return original(self)


def _plans(_original: Method, self: Moto) -> str:
    gone = str(self._get_param("includeDeleted")).lower() == "true"
    plans = [p for p in self.backup_backend.plans.values() if gone or p.deletion_date is None]
    return _listed(self, "BackupPlansList", [p.to_list_dict() for p in plans])


def _select(_original: Method, self: Moto) -> str:
    plan, body = _plan_of(self), json.loads(self.body)
    wanted, request = body["BackupSelection"], body.get("CreatorRequestId")
    backup_check.selection(wanted, self.current_account)
    again = next((s for s in plan.selections.values() if request and s["CreatorRequestId"] == request), None)
    if again is None and any(s["told"]["SelectionName"] == wanted["SelectionName"] for s in plan.selections.values()):
        refuse("AlreadyExistsException", "A selection of that name already exists in the backup plan")
    if again is None:
        number = str(mock_random.uuid4())
        again = {"SelectionId": number, "CreationDate": unix_time(), "CreatorRequestId": request, "told": wanted}
        plan.selections[number] = again
        _begin(self, plan)
    return json.dumps(_selection(plan, again, ("SelectionId", "BackupPlanId", "CreationDate")))


def _selection(plan: Moto, selection: Json, names: tuple[str, ...]) -> Json:
    told = selection["told"]
    shown = {
        **selection,
        "BackupPlanId": plan.backup_plan_id,
        "SelectionName": told["SelectionName"],
        "IamRoleArn": told["IamRoleArn"],
        # AWS shows every part of a selection, whether anything was said about it or not.
        "BackupSelection": {"Resources": [], "ListOfTags": [], "NotResources": [], **told, "Conditions": _tests(told)},
    }
    return {name: shown[name] for name in names if shown[name] is not None}


def _tests(told: Json) -> Json:
    tests = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
    return {test: (told.get("Conditions") or {}).get(test) or [] for test in tests}


def _selected(self: Moto) -> tuple[Moto, Json]:
    plan, number = _plan_of(self), self.path.rstrip("/").split("/")[-1]
    if number not in plan.selections:
        refuse("ResourceNotFoundException", f"Cannot find Backup selection with id {number}")
    return plan, plan.selections[number]


def _shown(_original: Method, self: Moto) -> str:
    names = ("BackupSelection", "SelectionId", "BackupPlanId", "CreationDate", "CreatorRequestId")
    return json.dumps(_selection(*_selected(self), names))


def _unselect(_original: Method, self: Moto) -> str:
    plan, selection = _selected(self)
    del plan.selections[selection["SelectionId"]]
    return "{}"


def _selections(_original: Method, self: Moto) -> str:
    plan = _plan_of(self)
    names = ("SelectionId", "SelectionName", "BackupPlanId", "CreationDate", "CreatorRequestId", "IamRoleArn")
    return _listed(self, "BackupSelectionsList", [_selection(plan, s, names) for s in plan.selections.values()])


def _begin(self: Moto, plan: Moto) -> None:
    """Have AWS Backup take over the databases that the plan backs up continuously."""
    rules = [rule for rule in plan.backup_plan["Rules"] if rule["EnableContinuousBackup"]]
    for rule in rules[:1]:
        for database in _databases(self, plan):
            after(_STARTING, partial(_take_over, self.backup_backend, rule, database))


def _take_over(backend: Moto, rule: Json, database: Moto) -> None:
    from reconciler.emulator.fixes import rds_own

    if getattr(database, "aws_backup_recovery_point_arn", None):
        return
    rds_own.take_over(database)
    backup_vaults.keep(backend, rule["TargetBackupVaultName"], database.aws_backup_recovery_point_arn, database.arn)


def _databases(self: Moto, plan: Moto) -> Iterator[Moto]:
    rds = loaded("moto.rds.models")
    for database in rds.rds_backends[self.current_account][self.region].databases.values() if rds else ():
        tags = {tag["Key"]: tag["Value"] for tag in database.tags}
        if any(_matches(selection["told"], database.arn, tags) for selection in plan.selections.values()):
            yield database


def _matches(told: Json, arn: str, tags: Json) -> bool:
    named = any(fnmatch.fnmatchcase(arn, pattern) for pattern in told.get("Resources") or [])
    tagged = any(tags.get(t["ConditionKey"]) == t["ConditionValue"] for t in told.get("ListOfTags") or [])
    spared = any(fnmatch.fnmatchcase(arn, pattern) for pattern in told.get("NotResources") or [])
    return (named or tagged) and not spared and _satisfies(_tests(told), tags)


def _satisfies(tests: Json, tags: Json) -> bool:
    def holds(test: str, key: str, value: str) -> bool:
        have = str(tags.get(key.removeprefix("aws:ResourceTag/"), ""))
        same = fnmatch.fnmatchcase(have, value) if test.endswith("Like") else have == value
        return same != ("Not" in test)

    return all(holds(test, c["ConditionKey"], c["ConditionValue"]) for test, cs in tests.items() for c in cs)


@once
def install() -> None:
    """Make plans and selections behave as on AWS."""
    plan: Moto = Plan
    plan.selections, plan.told = {}, {}
    replace_all(
        BackupResponse,
        {
            "create_backup_plan": _create,
            "update_backup_plan": _update,
            "delete_backup_plan": _delete,
            "list_backup_plans": _plans,
            "create_backup_selection": _select,
            "get_backup_selection": _shown,
            "delete_backup_selection": _unselect,
            "list_backup_selections": _selections,
        },
    )
    backup_vaults.install()
