"""FlowLog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...expressions import target
from ...kind import Api, Ask, Calls, Live, Program, Raw, Wanted, field, fixed
from ...types import Flag, Integer, Ref, Struct, Text
from ..logs.destination import DESTINATION
from . import TAGS, Ec2Kind

LOGS = "cloud-watch-logs"
TYPES = {"vpc-": "VPC", "subnet-": "Subnet", "eni-": "NetworkInterface"}
"""What an id begins with → what AWS calls the type. Answers have the id alone."""
GROUP = ":log-group:"


class FlowLog(Ec2Kind):
    """A record of the traffic that flows through a VPC, a subnet or an interface."""

    api = Api(
        "DescribeFlowLogs", "flowLogs", "flowLogId", create="CreateFlowLogs", delete="DeleteFlowLogs",
        tag_type="vpc-flow-log", token="clientToken", missing=("InvalidFlowLogId.NotFound",),
    )  # fmt: skip
    # AWS takes two of one resource and one destination for the same; for others see stands_beside.
    coexists = False
    after = ("VPC", "Subnet", "LogGroup", "Bucket")
    left_out = (
        "Transit gateways, core networks and regional NAT gateways, delivery across accounts, and tags as parts of a record: "
        "none of the systems uses them."
    )

    resourceId = fixed(Ref(kind="VPC|Subnet"), "Whose traffic is recorded.", required=True)
    resourceType = fixed(Text(enum=tuple(TYPES.values())), "What that is.", required=True)
    trafficType = fixed(Text(enum=("ACCEPT", "REJECT", "ALL")), "The traffic that is recorded.", required=True)
    logDestinationType = fixed(
        Text(enum=(LOGS, "s3", "kinesis-data-firehose")), "The service that keeps the records.", default=LOGS
    )
    logGroupName = fixed(Ref(kind="LogGroup"), "The log group that keeps them.")
    logDestination = fixed(
        DESTINATION, "The ARN of what keeps them, instead: `${Bucket/x:arn}`, with a path behind it or not."
    )
    deliverLogsPermissionArn = fixed(Ref(kind="Role"), "The role that writes into the log group.")
    maxAggregationInterval = fixed(Integer(choices=(60, 600)), "Seconds that one record sums up.", default="600")
    logFormat = fixed(Text(), "The fields of a record; write `$${…}` for each.", default="AWS's version 2")
    destinationOptions = fixed(
        Struct({
            "fileFormat": Text(enum=("plain-text", "parquet")),
            "hiveCompatiblePartitions": Flag(),
            "perHourPartition": Flag(),
        }, defaults={"fileFormat": "plain-text", "hiveCompatiblePartitions": False, "perHourPartition": False}),
        "How files are written into a bucket.",
    )  # fmt: skip
    tags = field(TAGS, "Tags, beside those of the stack.")

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """One destination, of the type that is said; a log group takes a role, and nothing else does."""
        kind, there = spec.get("logDestinationType", LOGS), [n for n in ("logGroupName", "logDestination") if n in spec]
        if len(there) != 1:
            yield "", f"needs one destination, and has {len(there)}. Write either logGroupName or logDestination"
        if isinstance(kind, str) and kind != LOGS and "logGroupName" in spec:
            yield "logGroupName", f"the records go to {kind}. Write logDestination, or change logDestinationType"
        if kind == LOGS and "deliverLogsPermissionArn" not in spec:
            yield "", "a log group needs deliverLogsPermissionArn. Write the role that may write into it"
        if kind == "s3" and "deliverLogsPermissionArn" in spec:
            yield "deliverLogsPermissionArn", "a bucket's own policy lets AWS write into it. Take it away"
        if isinstance(kind, str) and kind != "s3" and "destinationOptions" in spec:
            yield "destinationOptions", "only a bucket has files. Take it away"
        destination = target(spec.get("logDestination"))
        if destination and not destination.attribute and destination.kind in ("LogGroup", "Bucket"):
            yield "logDestination", f"an ARN is wanted. Write ${{{destination.address}:arn}}"
        yield from self._type_faults(spec)

    def _type_faults(self, spec: Raw) -> Iterator[tuple[str, str]]:
        reference, told = target(spec.get("resourceId")), spec.get("resourceType")
        meant = reference.kind if reference and not reference.attribute else type_of(spec.get("resourceId"))
        if meant in TYPES.values() and isinstance(told, str) and told != meant:
            yield "resourceType", f"{spec['resourceId']} is of the type {meant}. Say that"

    def key(self, want: Wanted) -> str:
        """AWS keeps one flow log for a resource and a destination."""
        destination = want.get("logDestination") or want.get("logGroupName")
        return f"{want.get('resourceId')} {_short(destination)}"

    def key_of(self, raw: Raw) -> str:
        """AWS keeps one flow log for a resource and a destination."""
        return f"{raw.get('resourceId')} {_short(raw.get('logDestination') or raw.get('logGroupName'))}"

    def stands_beside(self, want: Wanted, live: Live) -> bool:
        """What differs in anything but resource and destination is the same flow log to AWS."""
        return self.key(want) != live.key

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Say of a log group both its name and its ARN, whichever AWS says."""
        yield from ()
        name, arn = raw.get("logGroupName"), raw.get("logDestination")
        if raw.get("logDestinationType", LOGS) != LOGS:
            return {}
        return {
            "logGroupName": name or _short(arn),
            "logDestination": arn or f"arn:aws:logs:{ask.region}:{ask.account}{GROUP}{name}",
        }

    def decode(self, raw: Raw) -> dict[str, Any]:
        """AWS does not repeat the type of the resource, which its id tells."""
        return {**super().decode(raw), "resourceType": type_of(raw.get("resourceId"))}

    def create(self, want: Wanted) -> Calls:
        """The call takes several resources; a refusal of one stands inside its answer, where the door finds it."""
        names = [n for n in self.fields if n not in ("resourceId", "tags")]
        tags = self.service.create_tags(self.api.tag_type, want.tags)
        told = {"resourceIds": [want["resourceId"]], **self.encode(want, names), **tags}
        yield self.call("CreateFlowLogs", token=self.api.token, **told)

    def delete(self, live: Live) -> Calls:
        """The call takes several."""
        yield self.call("DeleteFlowLogs", flowLogIds=[live.id], missing=self.api.missing)

    def health(self, live: Live) -> str:
        """A flow log that cannot deliver is there, and of no use."""
        if live.raw.get("deliverLogsStatus") == "FAILED":
            return f"cannot deliver: {live.raw.get('deliverLogsErrorMessage') or 'AWS does not say why'}"
        return super().health(live)


def type_of(identity: Any) -> str:
    """Return the type of the resource with this id; empty if nobody can know it."""
    return next((t for start, t in TYPES.items() if isinstance(identity, str) and identity.startswith(start)), "")


def _short(destination: Any) -> str:
    """Return a log group's name, however it is given; the ARN of anything else."""
    told = str(DESTINATION.canon(destination))
    return told.partition(GROUP)[2] or told
