"""ECSService."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, State, Wanted, field, fixed
from ...types import Difference, Flag, Integer, ListOf, Ref, SetOf, Struct, Text
from . import ECS, TAGS
from .cluster import STRATEGY
from .rollout import failure, health_of, missteps, primary, stops
from .service_between import prerequisites, scaled
from .service_check import faults
from .service_read import CHANGEABLE, CONTROLLED, QUIET, described, running_content
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
    after = ("TaskDefinition",)
    attributes = {"serviceName": "serviceName", "serviceArn": "serviceArn", "arn": "serviceArn"}
    left_out = "Classic load balancers, EBS volumes, VPC Lattice and the EXTERNAL controller: no system here uses them."

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
    deploymentController = fixed(
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
        return {**(yield from missteps(raw)), **(yield from running_content(raw, ask))}

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
        return failure(raw)

    def diff(self, want: Wanted, live: Live) -> Iterator[Difference]:
        """Do not ask for content again that ECS has tried and given up."""
        deployer = (live.spec.get("deploymentController") or {}).get("type")
        failed = (live.raw.get("failed") or {}).get("taskDefinition")
        given_up = failed is not None and self.revision(want.get("taskDefinition")) == failed
        for difference in super().diff(want, live):
            name = difference.path.split(".")[0].split("[")[0]
            if not (deployer == "CODE_DEPLOY" and name in CONTROLLED) and not (given_up and name == "taskDefinition"):
                yield difference

    def revision(self, value: Any) -> Any:
        """Return `family:revision`, however it is spelled."""
        return self.fields["taskDefinition"].type.canon(value)

    def create(self, want: Wanted) -> Calls:
        """AWS demands a count of every service but a DAEMON."""
        if "desiredCount" not in want.spec and want.get("schedulingStrategy") != "DAEMON":
            want = replace(want, spec={**want.spec, "desiredCount": 1})
        yield from super().create(want)

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
        if "capacityProviderStrategy" in params:
            params["forceNewDeployment"] = True
        yield self.call("UpdateService", cluster=live.raw["clusterArn"], service=live.name, **params)

    def delete(self, live: Live) -> Calls:
        """Delete it with its tasks."""
        where = {"cluster": live.raw["clusterArn"], "service": live.name}
        yield self.call("DeleteService", force=True, missing=self.api.missing, **where)

    def inspect(self, live: Live) -> Program[str]:
        """Ask the tasks that stopped why they did."""
        said = self.health(live)
        return "; ".join([said, *(yield from stops(live.raw["clusterArn"], live.name))]) if said else ""

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Yield what AWS would refuse."""
        return faults(spec)
