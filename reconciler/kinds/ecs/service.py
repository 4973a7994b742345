"""ECSService."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...kind import Api, Ask, Calls, Finding, Kind, Live, Program, Raw, Sight, State, Wanted, field, fixed
from ...types import Difference, Flag, Integer, ListOf, Ref, SetOf, Struct, Text
from . import ECS, TAGS
from .capacity import STRATEGY
from .rollout import failure, health_of, missteps, primary, reason_of
from .service_between import prerequisites, scaled, strange_providers
from .service_check import faults
from .service_images import outdated
from .service_look import troubles
from .service_read import CHANGEABLE, CONTROLLED, QUIET, REVISED, default_strategy, described, newest, running_content
from .service_shift import changes_strategy, minutes
from .service_tried import tried
from .service_types import CONNECT, DEPLOYMENT, LOAD_BALANCERS, NETWORK, REGISTRIES, Band, Count, Revision, network


class ECSService(Kind):
    """A number of equal tasks that ECS keeps running, rolls out and puts behind a load balancer."""

    service = ECS
    api = Api(
        "DescribeServices", "services", "serviceArn", arn="serviceArn", ref="serviceName", create="CreateService",
        update="UpdateService", delete="DeleteService", status="status", ready=frozenset({"ACTIVE"}),
        leaving=frozenset({"DRAINING"}), gone=frozenset({"INACTIVE"}), token="clientToken",
        missing=("ServiceNotFoundException", "ClusterNotFoundException"),
    )  # fmt: skip
    named, arn_like, coexists = "serviceName", ":service/", False
    after = ("TaskDefinition", "ECSCluster")
    starts_with = frozenset({"Secret"})
    attributes = {"serviceName": "serviceName", "serviceArn": "serviceArn", "arn": "serviceArn"}
    left_out = (
        "Classic load balancers, EBS volumes, VPC Lattice, the EXTERNAL controller, and pauses of a deployment that a "
        "person ends: no system here uses them."
    )

    serviceName = fixed(Text(pattern=r"^[A-Za-z0-9_-]{1,255}$"), "Its name in AWS, unique in the cluster.")
    cluster = fixed(Ref(kind="ECSCluster", last=True), "The cluster it runs in.", required=True, path="clusterArn")
    taskDefinition = field(Revision(kind="TaskDefinition", last=True), "What its tasks run.", required=True)
    desiredCount = field(Count(0), "How many tasks. Under a ScalableTarget: at first.", default="1 at first")
    launchType = fixed(Text(enum=("FARGATE", "EC2", "EXTERNAL")), "Where tasks run, unless a strategy says it.")
    capacityProviderStrategy = field(STRATEGY, "How tasks are spread over capacity providers.")
    platformVersion = field(Text(), "The version of Fargate.", default="LATEST")
    networkConfiguration = field(NETWORK, "Where its tasks' network interfaces lie.")
    loadBalancers = field(LOAD_BALANCERS, "The target groups that its containers answer.")
    serviceRegistries = field(REGISTRIES, "Cloud Map services that its tasks register with.")
    serviceConnectConfiguration = field(CONNECT, "What the service offers and uses through Service Connect.")
    healthCheckGracePeriodSeconds = field(Integer(0), "Seconds for a task to start before its health counts.")
    deploymentConfiguration = field(DEPLOYMENT, "How a new revision replaces the old one, and when it is given up.")
    deploymentController = field(
        Struct({"type": Text(enum=("ECS", "CODE_DEPLOY"))}, required=("type",)), "Who deploys.", default="ECS"
    )
    schedulingStrategy = fixed(Text(enum=("REPLICA", "DAEMON")), "A number of tasks, or one an instance.")
    availabilityZoneRebalancing = field(Text(enum=("ENABLED", "DISABLED")), "Whether zones are kept level.")
    enableExecuteCommand = field(Flag(), "Whether people may open a shell in its tasks.", default="false")
    enableECSManagedTags = field(Flag(), "Whether AWS tags tasks with cluster and service.", default="false")
    propagateTags = field(Text(enum=("SERVICE", "TASK_DEFINITION", "NONE")), "Whose tags its tasks get.")
    placementConstraints = field(
        SetOf(Struct({"type": Text(enum=("distinctInstance", "memberOf")), "expression": Text()})), "Not on Fargate."
    )
    placementStrategy = field(
        ListOf(Struct({"type": Text(enum=("random", "spread", "binpack")), "field": Text()})), "Not on Fargate."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")
    while_pending = CHANGEABLE

    def key(self, want: Wanted) -> str:
        """Names are unique per cluster only."""
        return f"{self.fields['cluster'].type.canon(want.get('cluster'))}/{want.name}"

    def key_of(self, raw: Raw) -> str:
        """Names are unique per cluster only."""
        return f"{raw['clusterArn'].rsplit('/', 1)[-1]}/{raw['serviceName']}"

    def complete(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Wanted:
        """Leave the number of tasks to autoscaling, within the bounds that it has."""
        return scaled(want, self.key(want), siblings)

    def waits_for(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterable[str]:
        """Tasks need a way to pull their image; target groups need a listener before a service may use them."""
        return prerequisites(want, siblings)

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Describe by name, ten at a time; nothing is listed."""
        return (yield from described(ask, self.api.missing))

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Find out whether a rollout was given up, and whether what runs equals the newest revision."""
        ours = newest(raw, ask)
        same = yield from running_content(raw, ours)
        told = yield from missteps(raw, doubtful=ours is not None and not same)
        return {**told, **same, "defaultStrategy": default_strategy(raw, ask)}

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Say what AWS leaves unsaid; Service Connect is a matter of the deployment."""
        connect = primary(raw).get("serviceConnectConfiguration")
        told = {**QUIET, **{k: v for k, v in raw.items() if v is not None}}
        return super().decode({**told, "serviceConnectConfiguration": connect or {"enabled": False}})

    def state(self, raw: Raw) -> State | None:
        """Accepted is not done: the rollout must be complete and as many tasks run as should."""
        state = super().state(raw)
        return health_of(raw) if state is State.READY else state

    def reason(self, raw: Raw) -> str:
        """Return why the rollout failed, or what it is doing."""
        return reason_of(raw)

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Do not ask for content again that ECS has tried and given up, nor for what somebody else deploys."""
        deployer = (live.spec.get("deploymentController") or {}).get("type")
        lost = tried(self.fields, want, live.raw.get("failed"))
        for difference in self.differences(want, live):
            name = difference.path.split(".")[0].split("[")[0]
            if not (deployer == "CODE_DEPLOY" and name in CONTROLLED) and not (lost and name in REVISED):
                yield difference

    def differences(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Compare; an empty strategy is the cluster's own or none, and a launch type is none as well."""
        strategy, name = live.spec.get("capacityProviderStrategy"), "capacityProviderStrategy"
        default = self.fields[name].type.decode(live.raw.get("defaultStrategy") or [])
        as_default = not any(STRATEGY.diff(name, default, strategy))
        for difference in super().diff(want, live):
            if difference.path == "launchType" and strategy:
                yield Difference(name, [], strategy)
            elif not (difference.path.startswith(name) and not want.get(name) and as_default):
                yield difference

    def given_up(self, want: Wanted, live: Live) -> str:
        """What runs is not what is wanted, and ECS has tried that."""
        if not tried(self.fields, want, live.raw.get("failed")):
            return ""
        paths = [d.path.split(".")[0].split("[")[0] for d in self.differences(want, live)]
        return failure(live.raw) if REVISED.intersection(paths) else ""

    def can_follow(self, difference: Difference) -> bool:
        """CodeDeploy can be left for ECS in place; the way back is a new service."""
        if difference.path.startswith("deploymentController"):
            return bool(difference.desired == "ECS")
        return super().can_follow(difference)

    def patience(self, want: Wanted) -> int:
        """A deployment may take as long as its traffic moves and bakes, beside what it takes to start tasks."""
        return self.deadline + 60 * minutes(want.get("deploymentConfiguration") or {})

    def revision(self, value: Any) -> Any:
        """Return `family:revision`, however it is spelled."""
        return self.fields["taskDefinition"].type.canon(value)

    def create(self, want: Wanted) -> Calls:
        """AWS demands a count of every service but a DAEMON, and takes no empty strategy beside a launch type."""
        spec = {k: v for k, v in want.spec.items() if k != "capacityProviderStrategy" or v}
        if want.get("schedulingStrategy") != "DAEMON":
            spec = {"desiredCount": 1, **spec}
        yield from super().create(replace(want, spec=spec))

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """Send all in one call, so that it makes one deployment; a new network is worth another try."""
        names = list(changed)
        params = self.encode(want, names)
        if isinstance(want.get("desiredCount"), Band) and "desiredCount" in params:
            params["desiredCount"] = want["desiredCount"].nearest(live.spec["desiredCount"])
        if "networkConfiguration" in params:
            params["networkConfiguration"] = network(live.spec, params["networkConfiguration"])
            if self.revision(want.get("taskDefinition")) != self.revision(live.spec.get("taskDefinition")):
                params["taskDefinition"] = want["taskDefinition"]
        if "capacityProviderStrategy" in names:
            params |= {"capacityProviderStrategy": params.get("capacityProviderStrategy", [])}
            params |= {"forceNewDeployment": True}
        if changes_strategy(want, live):
            # What moves traffic stands with the load balancers: one is refused without the other.
            params |= self.encode(want, ["loadBalancers"])
        yield self.call("UpdateService", cluster=live.raw["clusterArn"], service=live.name, **params)

    def delete(self, live: Live) -> Calls:
        """Delete it with its tasks."""
        where = {"cluster": live.raw["clusterArn"], "service": live.name}
        yield self.call("DeleteService", force=True, missing=self.api.missing, **where)

    def looks(self, live: Live, sight: Sight) -> Iterator[Program[Finding]]:
        """Ask the tasks that stopped why they did, and those that run whether their images are still the right ones."""
        yield troubles(live, self.health(live), sight)
        yield outdated(live, sight)

    def check_between(self, want: Wanted, siblings: Mapping[str, Wanted]) -> Iterator[tuple[str, str]]:
        """Its cluster must have what its tasks are to run on."""
        return strange_providers(want, siblings)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        return faults(spec)
