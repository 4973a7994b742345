"""TaskDefinition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...kind import STACK, Api, Ask, Calls, Finding, Kind, Live, Program, Raw, Sight, Wanted, field, fixed, unpairs
from ...types import Difference, Flag, Integer, Ref, SetOf, Text
from ...values import leaves
from ..ecr.images import pullable, steady
from . import ECS, TAGS
from .container import CONTAINER, VOLUME
from .revision import family_of, in_use, ours, revision_of, settled
from .task_check import faults
from .task_secrets import present, readable
from .whole import Amount, Whole

LOOK_BACK = 20
"""Revisions that others registered after our last one."""


class TaskDefinition(Kind):
    """What a task runs. Every change registers a new revision; the revisions before it stay."""

    service = ECS
    api = Api(
        "DescribeTaskDefinition", "taskDefinition", "family", arn="taskDefinitionArn", ref="taskDefinitionArn",
        create="RegisterTaskDefinition", update="RegisterTaskDefinition", status="status",
        ready=frozenset({"ACTIVE"}), gone=frozenset({"INACTIVE", "DELETE_IN_PROGRESS"}), missing=("ClientException",),
    )  # fmt: skip
    named = "family"
    arn_like = ":task-definition/"
    renews = True
    attributes = {"family": "family", "revision": "revision", "taskDefinitionArn": "taskDefinitionArn"}
    left_out = "App Mesh proxies, FSx and S3 Files volumes, inference accelerators: for EC2 or for services that end."

    family = fixed(Text(pattern=r"^[A-Za-z0-9_-]{1,255}$"), "The name that its revisions share.")
    containerDefinitions = field(SetOf(CONTAINER, by="name", least=1), "The containers, by name.", required=True)
    cpu = field(Amount(), "CPU units of the whole task; 1024 are a vCPU. Fargate demands it.")
    memory = field(Amount(), "MiB of the whole task. Fargate demands it.")
    networkMode = field(Text(enum=("awsvpc", "bridge", "host", "none")), "Fargate: awsvpc.", default="bridge")
    requiresCompatibilities = field(
        SetOf(Text(enum=("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"))), "What it must be able to run on."
    )
    executionRoleArn = field(Ref(kind="Role", last=True), "The role that starts it: pulls images, reads secrets, logs.")
    taskRoleArn = field(Ref(kind="Role", last=True), "The role that its containers act as.")
    runtimePlatform = field(
        Whole(
            {"cpuArchitecture": Text(enum=("X86_64", "ARM64")), "operatingSystemFamily": Text()},
            defaults={"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        ),
        "Processor and operating system.",
    )
    ephemeralStorage = field(
        Whole({"sizeInGiB": Integer(20, 200)}, required=("sizeInGiB",), defaults={"sizeInGiB": 20}),
        "Disk of a Fargate task.", default="20 GiB",
    )  # fmt: skip
    volumes = field(SetOf(VOLUME, by="name"), "What containers may mount, by name.")
    placementConstraints = field(
        SetOf(Whole({"type": Text(enum=("memberOf",)), "expression": Text()})), "Which instances may run it."
    )
    pidMode = field(Text(enum=("host", "task")), "Whose processes the containers see.")
    ipcMode = field(Text(enum=("host", "task", "none")), "Whose shared memory the containers use.")
    enableFaultInjection = field(Flag(), "Whether fault injection may ask its containers for faults.", default="false")
    tags = field(TAGS, "Tags of the next revision, beside those of the stack.")

    def read(self, ask: Ask) -> Program[list[Live]]:
        """Read the newest revision of ours, a call per family."""
        owned: dict[str, list[str]] = {}
        for arn in ask.index:
            if ":task-definition/" in arn:
                owned.setdefault(family_of(arn), []).append(arn)
        found = []
        for family in sorted(ask.keys | owned.keys()):
            raw = yield from self.newest(family, sorted(owned.get(family, ()), key=revision_of, reverse=True), ask)
            if raw is not None and self.state(raw) is not None:
                live = yield from self.live({**raw, "revisions": owned.get(family, [])}, ask)
                used = (yield from in_use(family, ask)) if family in ask.shared else None
                found.append(replace(live, used=self.decode(used)) if used else live)
        return found

    def newest(self, family: str, owned: Sequence[str], ask: Ask) -> Program[Raw | None]:
        """Return the family's last revision if it is ours, else the last one that is, else the last of all."""
        last = yield from self.describe(family)
        if last is None or ours(last, ask):
            return last
        if not owned:
            answer = yield self.call("ListTaskDefinitions", familyPrefix=family, status="ACTIVE")
            owned = sorted((answer or {}).get("taskDefinitionArns", ()), key=revision_of, reverse=True)[1:LOOK_BACK]
        for arn in owned:
            one = yield from self.describe(arn)
            if one is not None and self.state(one) is not None and ours(one, ask):
                return one
        return last

    def describe(self, which: str) -> Program[dict[str, Any] | None]:
        """Return one revision, its tags with it."""
        include = ["TAGS"]
        answer = yield self.call(self.api.read, taskDefinition=which, include=include, missing=self.api.missing)
        return {**answer["taskDefinition"], "tags": answer.get("tags", [])} if answer else None

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Compare the whole content: a revision has nothing that git leaves out."""
        yield from self.compare(want.spec, live.spec)

    def compare(self, want: Raw, have: Raw) -> Iterator[Difference]:
        """Yield where two contents differ."""
        types = {n: f.type for n, f in self.fields.items() if n not in ("family", "tags")}
        yield from Whole(types, defaults={"networkMode": "bridge"}).diff("", settled(want), settled(have))

    def write(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Register the next revision."""
        del live
        if any(name != "tags" for name in changed):
            yield from self.create(want)

    def delete(self, live: Live) -> Calls:
        """Deregister every revision of ours; the running tasks keep running."""
        answer = yield self.call("ListTaskDefinitions", familyPrefix=live.id, status="ACTIVE")
        for arn in (answer or {}).get("taskDefinitionArns", ()):
            mine = arn == live.arn or arn in live.raw["revisions"]
            if not mine:
                told = (yield self.call("ListTagsForResource", resourceArn=arn)) or {}
                mine = unpairs(told.get("tags")).get(STACK) == (live.tags or {}).get(STACK)
            if mine:
                yield self.call("DeregisterTaskDefinition", taskDefinition=arn)

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """A task starts only if its secrets can be read and its images can be pulled."""
        yield from super().looks(live, sight)
        yield present(live, sight)
        yield readable(live)
        account = live.arn.split(":")[4]
        images = dict.fromkeys(str(c.get("image", "")) for c in live.raw.get("containerDefinitions") or ())
        for image in images:
            yield pullable(image, account)
            yield steady(image, sight)

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """Containers name their log groups in plain text."""
        texts = [leaf for leaf in leaves(want.get("containerDefinitions")) if isinstance(leaf, str)]
        yield from (a for a, other in siblings.items() if a.startswith("LogGroup/") and other.name in texts)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse to register, or to run."""
        yield from faults(spec)
