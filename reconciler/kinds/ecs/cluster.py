"""ECSCluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, writes
from ...types import Flag, MapOf, Ref, SetOf, Struct, Text
from . import ECS, TAGS, batches
from .capacity import FARGATE, STRATEGY, providers, strategy_faults
from .tenants import services, tasks

CONFIGURATION = Struct({
    "executeCommandConfiguration": Struct({
        "kmsKeyId": Ref(kind="Key", last=True),
        "logging": Text(enum=("NONE", "DEFAULT", "OVERRIDE")),
        "logConfiguration": Struct({
            "cloudWatchLogGroupName": Ref(kind="LogGroup"),
            "cloudWatchEncryptionEnabled": Flag(),
            "s3BucketName": Ref(kind="Bucket"),
            "s3EncryptionEnabled": Flag(),
            "s3KeyPrefix": Text(),
        }, defaults={"cloudWatchEncryptionEnabled": False, "s3EncryptionEnabled": False}),
    }),
    "managedStorageConfiguration": Struct({
        "kmsKeyId": Ref(kind="Key", last=True),
        "fargateEphemeralStorageKmsKeyId": Ref(kind="Key", last=True),
    }),
})  # fmt: skip


class ECSCluster(Kind):
    """A group of services that share capacity and settings."""

    service = ECS
    api = Api(
        "DescribeClusters", "clusters", "clusterName", arn="clusterArn", create="CreateCluster",
        update="UpdateCluster", delete="DeleteCluster", status="status", ready=frozenset({"ACTIVE"}),
        failed=frozenset({"FAILED"}), leaving=frozenset({"DEPROVISIONING"}), gone=frozenset({"INACTIVE"}),
        params={"include": ["SETTINGS", "TAGS", "CONFIGURATIONS"]}, missing=("ClusterNotFoundException",),
    )  # fmt: skip
    named = "clusterName"
    arn_like = ":cluster/"
    attributes = {"clusterName": "clusterName", "clusterArn": "clusterArn", "arn": "clusterArn"}
    left_out = "Instances that join by themselves: tasks run on Fargate or on named capacity providers."

    clusterName = field(Text(pattern=r"^[A-Za-z0-9_-]{1,255}$"), "Its name in AWS.", update=False)
    settings = field(
        MapOf(pair=("name", "value"), partial=True, keys=("containerInsights",)),
        "`containerInsights`: enabled, enhanced or disabled.",
    )
    configuration = field(CONFIGURATION, "Where `execute-command` sessions are logged, and keys for storage.")
    serviceConnectDefaults = field(
        Struct({"namespace": Text()}, required=("namespace",)),
        "The Cloud Map namespace of services that name none, by ARN.",
    )
    capacityProviders = field(SetOf(Text()), "What may run tasks, e.g. FARGATE and FARGATE_SPOT.", update=False)
    defaultCapacityProviderStrategy = field(STRATEGY, "Where services run that do not say it.", update=False)
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[list[Raw]]:
        """List and describe all: the list has nothing but ARNs, and a description takes a hundred."""
        listed = yield self.call("ListClusters")
        arns = (listed or {}).get("clusterArns", [])
        owned = {arn for arn in ask.index if ":ecs:" in arn and self.arn_like in arn}
        found: list[Raw] = []
        for some in batches(sorted({*arns, *owned}), 100):
            answer = yield self.call(self.api.read, clusters=some, **self.api.params)
            found += (answer or {}).get("clusters", [])
        return found

    def update(self, want: Wanted, live: Live, changed: Iterable[str]) -> Calls:
        """Send what changed."""
        yield self.call("UpdateCluster", cluster=live.id, **self.encode(want, changed))

    @writes("capacityProviders", "defaultCapacityProviderStrategy")
    def set_capacity(self, want: Wanted, live: Live) -> Calls:
        """Set both at once: AWS takes neither alone."""
        names = ("capacityProviders", "defaultCapacityProviderStrategy")
        both = {name: [] for name in names} | {n: live.spec[n] for n in names if n in live.spec}
        yield self.call("PutClusterCapacityProviders", cluster=live.id, **both | self.encode(want, names))

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """The default strategy is one of the cluster's own providers."""
        name, known = "defaultCapacityProviderStrategy", spec.get("capacityProviders")
        yield from strategy_faults(spec.get(name), name)
        for one in providers(spec.get(name)):
            if isinstance(known, list) and one in FARGATE and one not in known:
                yield name, f"{one} is not among its capacityProviders. Add it there"

    def delete(self, live: Live) -> Calls:
        """Delete it; AWS refuses as long as something runs in it."""
        yield self.call("DeleteCluster", cluster=live.id, missing=self.api.missing)

    def holders(self, live: Live) -> Program[Mapping[str, bool]]:
        """Name the services and tasks that are still in it."""
        return {**(yield from services(live)), **(yield from tasks(live))}
