"""Schedule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Tags, Wanted, field, fixed
from ...types import Integer, Moment, Ref, Struct, Text
from ..described import marked, plain, tags_of
from . import SCHEDULER
from .expression import faults, recurs
from .target import TARGET, merged
from .target import faults as target_faults

DEFAULT = "default"
CROWD = 100
"""Schedules of a group above which nobody looks into it for ours, unless git names it: applications make thousands."""
NAME = Text(pattern=r"^[\w.-]{1,64}$")
WINDOW = Struct(
    {"mode": Text(enum=("OFF", "FLEXIBLE")), "maximumWindowInMinutes": Integer(1, 1440)}, required=("mode",)
)


class Schedule(Kind):
    """A call that EventBridge Scheduler makes at its time.

    AWS has no tags for it: the end of its description says whose it is.
    """

    service = SCHEDULER
    api = Api(
        "ListSchedules", "schedules", "id", "arn", "arn", create="CreateSchedule", update="UpdateSchedule",
        delete="DeleteSchedule", missing=("ResourceNotFoundException",), token="clientToken",
    )  # fmt: skip
    named = "name"
    name_limit = 64
    # Two of one schedule would run twice.
    coexists = False
    attributes = {"name": "name", "groupName": "groupName", "arn": "arn"}
    left_out = "Placement of tasks on instances and SageMaker pipelines: none of the systems uses them."

    name = fixed(NAME, "Its name in AWS.", default="the resource's name")
    groupName = fixed(NAME, "The group that it belongs to, which must exist.", default=DEFAULT)
    scheduleExpression = field(Text(length=(1, 256)), "When it runs: `cron(…)`, `rate(…)` or `at(…)`.", required=True)
    scheduleExpressionTimezone = field(
        Text(pattern=r"^[A-Za-z][\w+/-]{0,49}$"), "The zone of that time, as Europe/Berlin.", default="UTC"
    )
    flexibleTimeWindow = field(WINDOW, "Whether it may run some minutes later.", required=True)
    target = field(TARGET, "What is called, as whom, and with what.", required=True)
    on = field(Text(enum=("ENABLED", "DISABLED")), "Whether it runs at all.", default="ENABLED", called="state")
    description = field(Text(length=(0, 200)), "What it is for. The rest of AWS's 512 characters says whose it is.")
    startDate = field(Moment(), "Not before this moment.")
    endDate = field(Moment(), "Not after this moment.")
    kmsKeyArn = field(Ref(kind="Key", last=True), "The key that encrypts it.", default="a key of AWS's own")
    actionAfterCompletion = field(
        Text(enum=("NONE", "DELETE")), "What AWS does to it after its last run.", default="NONE"
    )

    def key(self, want: Wanted) -> str:
        """Names are unique in a group."""
        return f"{want.get('groupName') or DEFAULT}/{want.name}"

    def key_of(self, raw: Raw) -> str:
        """Names are unique in a group."""
        return f"{raw['groupName']}/{raw['name']}"

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """The list has no descriptions, so those that could be ours are read one by one."""
        answer = yield self.call(self.api.read)
        listed = (answer or {}).get("schedules", ())
        crowd = Counter(one["groupName"] for one in listed)
        near = {DEFAULT, *(key.partition("/")[0] for key in ask.keys)}
        found: list[Raw] = []
        for one in listed:
            if one["groupName"] in near or crowd[one["groupName"]] <= CROWD:
                told = yield self.call("GetSchedule", missing=self.api.missing, **_place(one))
                if told is not None:
                    found.append({**one, **told, "id": self.key_of(one)})
        return found

    def decode(self, raw: Raw) -> dict[str, Any]:
        """The mark is not part of the description."""
        return {**super().decode(raw), "description": plain(raw.get("description") or "")}

    def create(self, want: Wanted) -> Calls:
        told = self.told(want, {})
        yield self.call("CreateSchedule", token=self.api.token, **{**told, "name": want.name})

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """The call replaces everything: what git does not mention is sent as it is."""
        del changed
        yield self.call("UpdateSchedule", **self.told(want, live.raw), **_place(live.raw))

    def told(self, want: Wanted, have: Raw) -> dict[str, Any]:
        """Return the whole schedule, marked as ours."""
        names = [n for n in self.fields if n != "name"]
        kept, told = {n: have[n] for n in names if have.get(n)}, self.encode(want, names)
        if "target" in told:
            told["target"] = merged(kept.get("target", {}), told["target"])
        text = str(told.get("description", have.get("description") or ""))
        mark = {**tags_of(have.get("description") or ""), **want.tags}
        told = {n: v for n, v in {**kept, **told}.items() if v != "" and not (have and n == "groupName")}
        return {**told, "description": marked(text, mark)}

    def tag(self, live: Live, tags: Tags) -> Calls:
        """Write the mark into the schedule as it is now: it may just have been changed."""
        now = yield self.call("GetSchedule", missing=self.api.missing, **_place(live.raw))
        if now is not None and not tags.items() <= tags_of(now.get("description") or "").items():
            yield self.call("UpdateSchedule", **self.told(Wanted("", live.name, {}, tags), now), **_place(live.raw))

    def delete(self, live: Live) -> Calls:
        yield self.call("DeleteSchedule", missing=self.api.missing, **_place(live.raw))

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """What AWS would refuse, and what would come back after AWS has deleted it."""
        when, window, target = (spec.get(n) for n in ("scheduleExpression", "flexibleTimeWindow", "target"))
        if isinstance(when, str):
            yield from (("scheduleExpression", message) for message in faults(when))
        if isinstance(window, dict) and (window.get("mode") == "FLEXIBLE") != ("maximumWindowInMinutes" in window):
            yield "flexibleTimeWindow.maximumWindowInMinutes", "goes together with mode FLEXIBLE. Add or remove it"
        if isinstance(target, dict):
            yield from ((f"target.{path}", message) for path, message in target_faults(target))
        begin, end = (Moment().canon(spec.get(n)) for n in ("startDate", "endDate"))
        if isinstance(begin, str) and isinstance(end, str) and begin >= end:
            yield "endDate", "is not after startDate. Change one of them"
        if spec.get("actionAfterCompletion") == "DELETE" and (not isinstance(when, str) or not recurs(when) or end):
            yield "actionAfterCompletion", "after its last run git would make it again. Write NONE, or leave it out"


def _place(raw: Raw) -> dict[str, Any]:
    return {"groupName": raw.get("groupName"), "name": raw.get("name")}
