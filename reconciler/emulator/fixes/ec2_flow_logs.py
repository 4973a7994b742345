"""EC2: flow logs need a role that can be assumed, go to one place once, and say whether they arrive."""

from __future__ import annotations

from typing import Any, Final

from moto.ec2.exceptions import EC2ClientError, FlowLogAlreadyExists, MissingParameterError
from moto.ec2.models.flow_logs import FlowLogs, FlowLogsBackend
from moto.ec2.responses.flow_logs import FlowLogs as FlowLogResponses

from reconciler.emulator.fixes import iam_spread
from reconciler.emulator.fixes.agenda import loaded
from reconciler.emulator.fixes.ec2_tokens import idempotent
from reconciler.emulator.patch import once, put, replaces

LOGS: Final = "cloud-watch-logs"
GROUP: Final = ":log-group:"
TYPES: Final = {"VPC": "vpc-", "Subnet": "subnet-", "NetworkInterface": "eni-"}
MOST: Final = 2
"""Flow logs that one resource takes."""
FILES: Final = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


@once
def install() -> None:
    """Mend the creation of flow logs and their states."""
    put(FlowLogs, "destination_options", None)
    put(FlowLogs, "deliver_logs_status", property(_status, lambda _self, _status: None))
    put(FlowLogs, "deliver_logs_error_message", property(_error, lambda _self, _error: None))
    _requests()
    _creation()
    idempotent(FlowLogResponses, "create_flow_logs")


def _requests() -> None:
    @replaces(FlowLogResponses, "create_flow_logs")
    def create_flow_logs(original: Any, self: Any) -> Any:
        asked = self._get_params()
        start = TYPES.get(asked["ResourceType"], "")
        if any(not one.startswith(start) for one in asked["ResourceIds"]):
            raise _invalid(f"The resource ids do not match the resource type {asked['ResourceType']}")
        if not asked.get("TrafficType"):
            raise MissingParameterError("trafficType")
        kind = asked.get("LogDestinationType") or LOGS
        if asked.get("DestinationOptions") and kind != "s3":
            raise _invalid("DestinationOptions can only be used with the destination type s3")
        if kind == LOGS and asked.get("DeliverLogsPermissionArn"):
            _check_role(self.ec2_backend, asked["DeliverLogsPermissionArn"])
        answer = original(self)
        for made in answer.result["FlowLogIds"]:
            if kind == "s3":
                options = {**FILES, **(asked.get("DestinationOptions") or {})}
                self.ec2_backend.flow_logs[made].destination_options = options
        return answer


def _check_role(backend: Any, arn: str) -> None:
    """Refuse a role that the service cannot assume."""
    if not iam_spread.assumable(backend.account_id, arn, "vpc-flow-logs.amazonaws.com"):
        raise _invalid("Unable to assume given IAM role")


def _creation() -> None:
    @replaces(FlowLogsBackend, "create_flow_logs")
    def create_flow_logs(original: Any, self: Any, **asked: Any) -> Any:
        place, kind = asked["log_destination"], asked["log_destination_type"] or LOGS
        if asked["log_group_name"] and place:
            raise _invalid("Specify either LogDestination or LogGroupName, not both.")
        if kind == LOGS and place:
            asked |= {"log_destination": None, "log_group_name": place.removesuffix(":*").partition(GROUP)[2]}
        for resource in asked["resource_ids"]:
            here = [log for log in self.flow_logs.values() if log.resource_id == resource]
            target = asked["log_destination"] or asked["log_group_name"]
            if any((log.log_destination or log.log_group_name) == target for log in here):
                raise FlowLogAlreadyExists
            if len(here) >= MOST:
                code = "FlowLogsLimitExceeded"
                raise EC2ClientError(code, f"{resource} has {MOST} flow logs already")
        if kind != "s3":
            return original(self, **asked)
        # A bucket's ARN may have a path behind it, which moto takes for a part of its name.
        made, refused = original(self, **(asked | {"log_destination": (place or "").partition("/")[0]}))
        for log in made:
            log.log_destination = place
        return made, refused


def _error(log: Any) -> str | None:
    """Return why records do not arrive: AWS finds out afterwards, and tries again."""
    if log.log_destination_type != LOGS:
        return None
    logs: Any = loaded("moto.logs.models")
    backend = log.ec2_backend
    groups = logs.logs_backends[backend.account_id][backend.region_name].groups if logs else {}
    return None if log.log_group_name in groups else "Access error"


def _status(log: Any) -> str:
    return "FAILED" if _error(log) else "SUCCESS"


def _invalid(message: str) -> EC2ClientError:
    code = "InvalidParameter"
    return EC2ClientError(code, message)
