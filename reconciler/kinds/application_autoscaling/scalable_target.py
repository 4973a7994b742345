"""ScalableTarget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Difference, Flag, Integer, SetOf, Struct, Text
from . import SCALING, TAGS
from .policy_types import ACTIONS, POLICIES

IDENTITY = ("serviceNamespace", "resourceId", "scalableDimension")
NAMESPACES = (
    "ecs", "dynamodb", "lambda", "rds", "appstream", "cassandra", "comprehend", "custom-resource", "ec2",
    "elasticmapreduce", "kafka", "sagemaker",
)  # fmt: skip
SATELLITES = {"scalingPolicies": "DescribeScalingPolicies", "scheduledActions": "DescribeScheduledActions"}
GONE = ("ObjectNotFoundException",)


class ScalableTarget(Kind):
    """The bounds between which a capacity scales by itself, and what makes it scale."""

    service = SCALING
    api = Api(
        "DescribeScalableTargets", "scalableTargets", "scalableTargetARN", arn="scalableTargetARN",
        create="RegisterScalableTarget", update="RegisterScalableTarget", delete="DeregisterScalableTarget",
    )  # fmt: skip
    arn_like = ":application-autoscaling:"
    attributes = {"arn": "scalableTargetARN", "resourceId": "resourceId"}
    left_out = "Roles (services have their own), predictive policies, and start and end of scheduled actions."

    serviceNamespace = fixed(Text(enum=NAMESPACES), "The service that it scales something of.", required=True)
    resourceId = fixed(Text(), "What it scales, e.g. `service/CLUSTER/SERVICE`.", required=True)
    scalableDimension = fixed(Text(), "Which number it scales, e.g. `ecs:service:DesiredCount`.", required=True)
    minCapacity = field(Integer(0), "Never fewer, except while a scheduled action says so.", required=True)
    maxCapacity = field(Integer(0), "Never more, except while a scheduled action says so.", required=True)
    suspendedState = field(
        Struct({
            "dynamicScalingInSuspended": Flag(),
            "dynamicScalingOutSuspended": Flag(),
            "scheduledScalingSuspended": Flag(),
        }),
        "What is switched off for the time being.",
    )  # fmt: skip
    scalingPolicies = later(POLICIES, "What makes it scale, by name. Others are removed.")
    scheduledActions = later(ACTIONS, "When its bounds change, by name. Others are removed.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Return what Application Auto Scaling itself goes by."""
        return "|".join(str(want.get(name)) for name in IDENTITY)

    def key_of(self, raw: Raw) -> str:
        """Return what Application Auto Scaling itself goes by."""
        return "|".join(str(raw.get(name)) for name in IDENTITY)

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """The service that it scales must exist, even if its name is written out."""
        named = str(want.get("resourceId")).rsplit("/", 1)[-1]
        yield from (a for a, other in siblings.items() if a.startswith("ECSService/") and other.name == named)

    def listing(self, ask: Ask) -> Program[list[Raw]]:
        """List the namespaces that git names; further ones only while something of ours has not turned up."""
        wanted = {key.split("|", 1)[0] for key in ask.keys}
        missing = {arn for arn in ask.index if ":application-autoscaling:" in arn}
        found: list[Raw] = []
        for namespace in sorted(NAMESPACES, key=lambda name: name not in wanted):
            if namespace in wanted or missing:
                answer = yield self.call(self.api.read, serviceNamespace=namespace)
                found += (answer or {}).get("scalableTargets", [])
                missing -= {raw.get("scalableTargetARN") for raw in found}
        ours = [raw for raw in found if ask.concerns(self.key_of(raw), self.arn_of(raw, ask), None)]
        for name in sorted(SATELLITES.keys() & ask.fields):
            for namespace in sorted({raw["serviceNamespace"] for raw in ours}):
                answer = yield self.call(SATELLITES[name], serviceNamespace=namespace)
                found = self.joined(found, name, namespace, (answer or {}).get(name, []))
        return found

    def joined(self, targets: list[Raw], name: str, namespace: str, satellites: list[Raw]) -> list[Raw]:
        """Return the targets with their own satellites among those of the namespace."""
        return [
            {**raw, name: [s for s in satellites if self.key_of(s) == self.key_of(raw)]}
            if raw["serviceNamespace"] == namespace else raw
            for raw in targets
        ]  # fmt: skip

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """A scheduled action moves the bounds; where it has put them is not drift."""
        actions = [a.get("scalableTargetAction") or {} for a in want.get("scheduledActions") or ()]
        for difference in super().diff(want, live):
            if difference.live is None or difference.live not in [action.get(difference.path) for action in actions]:
                yield difference

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """Registering again changes what is named, and leaves the rest."""
        yield self.call("RegisterScalableTarget", **identity(live.raw), **self.encode(want, changed))

    @writes("scalingPolicies")
    def set_policies(self, want: Wanted, live: Live) -> Calls:
        """Put what differs, remove what nobody declared."""
        operations = ("PutScalingPolicy", "DeleteScalingPolicy")
        yield from self.converge(want, live, "scalingPolicies", "policyName", operations)

    @writes("scheduledActions")
    def set_actions(self, want: Wanted, live: Live) -> Calls:
        """Put what differs, remove what nobody declared."""
        operations = ("PutScheduledAction", "DeleteScheduledAction")
        yield from self.converge(want, live, "scheduledActions", "scheduledActionName", operations)

    def converge(self, want: Wanted, live: Live, name: str, by: str, operations: tuple[str, str]) -> Calls:
        """Bring one kind of satellite to what is wanted."""
        kind: SetOf = self.fields[name].type  # type: ignore[assignment]
        wanted, found = ({item[by]: item for item in side.get(name) or ()} for side in (want.spec, live.spec))
        for one, item in wanted.items():
            if one not in found or any(kind.item.diff("", item, found[one])):
                yield self.call(operations[0], **identity(live.raw), **kind.item.encode(item))
        for one in sorted(found.keys() - wanted.keys()):
            yield self.call(operations[1], **identity(live.raw), **{by: one}, missing=GONE)

    def delete(self, live: Live) -> Calls:
        """Deregister it; its policies and actions go with it, and it goes with its service."""
        yield self.call("DeregisterScalableTarget", **identity(live.raw), missing=GONE)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Bounds must be in order, and a policy must say what its type says."""
        least, most = spec.get("minCapacity"), spec.get("maxCapacity")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            yield "minCapacity", f"{least} is above maxCapacity {most}. Swap them"
        for i, action in enumerate(spec.get("scheduledActions") or ()):
            yield from _check_action(f"scheduledActions[{i}].scalableTargetAction", action)
        for i, policy in enumerate(spec.get("scalingPolicies") or ()):
            part = "stepScaling" if policy.get("policyType") == "StepScaling" else "targetTrackingScaling"
            if f"{part}PolicyConfiguration" not in policy:
                yield f"scalingPolicies[{i}]", f"a {policy.get('policyType')} policy needs {part}PolicyConfiguration"


def _check_action(path: str, action: Raw) -> Iterator[tuple[str, str]]:
    told = action.get("scalableTargetAction") or {}
    least, most = told.get("minCapacity"), told.get("maxCapacity")
    if not told:
        yield path, "changes nothing. Say minCapacity, maxCapacity or both"
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield path, f"minCapacity {least} is above maxCapacity {most}. Swap them"


def identity(raw: Raw) -> dict[str, Any]:
    """Return the parameters that say which target is meant."""
    return {name: raw[name] for name in IDENTITY}
