"""BackupPlan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, later, writes
from . import BACKUP, GONE, TAGS
from .plan_check import faults
from .plan_types import PLAN, SELECTION, SELECTIONS


class BackupPlan(Kind):
    """When what is backed up, where to, and for how long."""

    service = BACKUP
    arn_like = ":backup-plan:"
    api = Api(
        "ListBackupPlans", "backupPlansList", "backupPlanId", "backupPlanArn", create="CreateBackupPlan",
        delete="DeleteBackupPlan", tag_type="backupPlanTags", missing=GONE, token="creatorRequestId",
    )  # fmt: skip
    attributes = {"backupPlanId": "backupPlanId", "arn": "backupPlanArn", "versionId": "versionId"}
    left_out = "Air-gapped targets, indexes and scans for malware: what is there of them stays as it is."

    backupPlan = field(PLAN, "The plan.", required=True, update=False)
    selections = later(
        SELECTIONS, "What it backs up, by name. Others are removed. AWS cannot change one: it is renewed."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS takes the same name twice; a stack must not."""
        return want.name

    def key_of(self, raw: Raw) -> str:
        """Return its name."""
        return str(raw.get("backupPlanName", ""))

    def name_of(self, raw: Raw) -> str:
        """Return its name."""
        return self.key_of(raw)

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """Its name stands inside the plan."""
        del siblings
        if "backupPlan" not in want.spec:
            return want
        name = want["backupPlan"].get("backupPlanName") or want.name
        plan = {**want["backupPlan"], "backupPlanName": name}
        return replace(want, name=str(name), spec={**want.spec, "backupPlan": plan})

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the plan, and each selection if somebody manages any: the list has only their names."""
        plan = yield self.call("GetBackupPlan", backupPlanId=raw["backupPlanId"], missing=GONE)
        if plan is None:
            return None
        found: dict[str, Any] = {"backupPlan": plan.get("backupPlan", {})}
        if "selections" in ask.fields:
            found["selections"] = yield from self._selections(raw["backupPlanId"])
        return found

    def _selections(self, plan: str) -> Program[list[Raw]]:
        found: list[Raw] = []
        for listed in (yield from self._listed(plan)):
            which = {"backupPlanId": plan, "selectionId": listed["selectionId"]}
            answer = yield self.call("GetBackupSelection", **which, missing=GONE)
            if answer is not None:
                found.append({**answer.get("backupSelection", {}), "selectionId": listed["selectionId"]})
        return found

    def _listed(self, plan: str) -> Program[list[Raw]]:
        answer = yield self.call("ListBackupSelections", backupPlanId=plan, missing=GONE)
        return list((answer or {}).get("backupSelectionsList", ()))

    @writes("backupPlan")
    def set_plan(self, want: Wanted, live: Live) -> Calls:
        """Every change is a new version of the whole; what git does not mention in it stays."""
        have = live.raw.get("backupPlan") or {}
        plan = {**have, **PLAN.encode(want["backupPlan"])}
        rules = {r["ruleName"]: {k: v for k, v in r.items() if k != "ruleId"} for r in have.get("rules") or ()}
        plan["rules"] = [_whole(rule, rules.get(rule["ruleName"], {})) for rule in plan["rules"]]
        yield self.call("UpdateBackupPlan", backupPlanId=live.id, backupPlan=plan)

    @writes("selections")
    def set_selections(self, want: Wanted, live: Live) -> Calls:
        """Remove what nobody declared and what differs, then make what is missing."""
        wanted = {item["selectionName"]: item for item in want["selections"]}
        kept = set()
        for found in live.raw.get("selections") or ():
            name = found["selectionName"]
            if name in wanted and name not in kept and not any(SELECTION.diff("", wanted[name], found)):
                kept.add(name)
            else:
                which = {"backupPlanId": live.id, "selectionId": found["selectionId"]}
                yield self.call("DeleteBackupSelection", **which, missing=GONE)
        for name, item in wanted.items():
            if name not in kept:
                yield self.call("CreateBackupSelection", backupPlanId=live.id, backupSelection=SELECTION.encode(item))

    def delete(self, live: Live) -> Calls:
        """A plan goes after its selections; the recovery points that it made stay."""
        for listed in (yield from self._listed(live.id)):
            which = {"backupPlanId": live.id, "selectionId": listed["selectionId"]}
            yield self.call("DeleteBackupSelection", **which, missing=GONE)
        yield from super().delete(live)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        yield from faults(spec)


def _whole(rule: Raw, have: Raw) -> dict[str, Any]:
    """Return a rule with what AWS has where git says nothing."""
    times = {**(have.get("lifecycle") or {}), **(rule.get("lifecycle") or {})}
    return {**have, **rule, **({"lifecycle": times} if times else {})}
