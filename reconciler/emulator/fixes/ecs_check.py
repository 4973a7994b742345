"""What CreateService and UpdateService refuse."""

from __future__ import annotations

import json

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from reconciler.emulator.fixes import ecs_check_shift, iam_spread
from reconciler.emulator.fixes.agenda import Json, Moto, refuse

_EXECUTION, _TASK = "executionRoleArn", "taskRoleArn"


def _invalid(message: str) -> None:
    refuse("InvalidParameterException", message)


def cluster_of(backend: Moto, reference: str) -> Moto:
    """Return the ACTIVE cluster by name or ARN."""
    cluster = backend.clusters.get(reference.rsplit("/", 1)[-1])
    if cluster is None:
        refuse("ClusterNotFoundException", "Cluster not found.")
    if cluster.status != "ACTIVE":
        refuse("ClusterNotFoundException", "The referenced cluster was inactive.")
    return cluster


def request(service: Moto, wanted: Json, definition: Moto) -> None:
    """Fail where AWS would refuse these fields for this service and task definition."""
    balancers = wanted.get("loadBalancers") if wanted.get("loadBalancers") is not None else service.load_balancers
    launch_type = wanted.get("launchType") or service.launch_type
    if wanted.get("launchType") and wanted.get("capacityProviderStrategy"):
        _invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    if launch_type == "FARGATE" and "FARGATE" not in definition.compatibilities:
        _invalid("Task definition does not support launch_type FARGATE.")
    network = wanted.get("networkConfiguration") or service.network_configuration
    if definition.network_mode == "awsvpc" and not network:
        _invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if definition.network_mode != "awsvpc" and network:
        _invalid("Network Configuration is not valid for the given networkMode of this task definition.")
    if wanted.get("healthCheckGracePeriodSeconds") and not balancers:
        _invalid("Health check grace period is only valid for services configured to use load balancers")
    _network(service, wanted.get("networkConfiguration") or {})
    for balancer in balancers or []:
        _balancer(service, balancer, definition)
    ecs_check_shift.request(service, wanted, balancers or [])
    for role in (definition_role(definition, _EXECUTION), definition_role(definition, _TASK)):
        if role:
            _assumable(service, role)
    _strategy(service, wanted)


def definition_role(definition: Moto, field: str) -> str | None:
    """Return a role of a task definition; moto leaves the attribute out where there is none."""
    role: str | None = getattr(definition, {_EXECUTION: "execution_role_arn", _TASK: "task_role_arn"}[field], None)
    return role


def _network(service: Moto, network: Json) -> None:
    vpc = network.get("awsvpcConfiguration") or {}
    ec2: Moto = ec2_backends[service.backend.account_id][service.region_name]
    found = set()
    for subnet in vpc.get("subnets") or []:
        try:
            found.add(ec2.get_subnet(subnet).vpc_id)
        except InvalidSubnetIdError:
            _invalid(
                f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)"
            )
    for group_id in vpc.get("securityGroups") or []:
        group = ec2.get_security_group_from_id(group_id)
        if group is None:
            _invalid(
                f"Error retrieving security group information for [{group_id}]: The security group '{group_id}' "
                "does not exist (ErrorCode: InvalidGroup.NotFound)"
            )
        elif group.vpc_id not in found:
            _invalid(f"Security group {group_id} does not appear to belong to the same VPC as the input subnets.")


def _balancer(service: Moto, balancer: Json, definition: Moto) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    container = next((c for c in definition.container_definitions if c["name"] == name), None)
    if container is None:
        _invalid(f"The container {name} does not exist in the task definition.")
    elif port not in [mapping.get("containerPort") for mapping in container["portMappings"]]:
        _invalid(f"The container {name} did not have a container port {port} defined.")
    arn = str(balancer.get("targetGroupArn"))
    elb: Moto = elbv2_backends[service.backend.account_id][service.region_name]
    if arn not in elb.target_groups:
        _invalid(f"The target group {arn} does not exist.")
    group = elb.target_groups[arn]
    if definition.network_mode == "awsvpc" and group.target_type != "ip":
        _invalid(
            f"The provided target group {arn} has target type {group.target_type}, which is incompatible with the "
            "awsvpc network mode specified in the task definition."
        )
    if not _reachable(elb, arn):
        _invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")


def _reachable(elb: Moto, arn: str) -> bool:
    """Whether some listener or rule forwards to the target group."""
    rules = [
        rule
        for balancer in elb.load_balancers.values()
        for item in balancer.listeners.values()
        for rule in item.rules.values()
    ]
    listeners = [item for balancer in elb.load_balancers.values() for item in balancer.listeners.values()]
    actions = [action for listener in listeners for action in listener.default_actions]
    actions += [action for rule in rules for action in rule.actions]
    return any(arn in json.dumps(action.data, default=str) for action in actions)


def _assumable(service: Moto, arn: str) -> None:
    """Fail unless ECS tasks may assume the role."""
    if not iam_spread.assumable(service.backend.account_id, arn, "ecs-tasks.amazonaws.com"):
        refuse(
            "ClientException",
            f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the role "
            "being passed has the proper trust relationship and permissions and that your IAM user has permissions to "
            "pass this role.",
        )


def _strategy(service: Moto, wanted: Json) -> None:
    cluster = service.backend.clusters[service.cluster_name]
    given = wanted.get("capacityProviderStrategy")
    for item in given or []:
        provider = item["capacityProvider"]
        if provider not in (cluster.capacity_providers or []):
            _invalid(
                f"The specified capacity provider '{provider}' was not found. "
                "Specify a valid name or ARN and try again."
            )
    if given and not any(item.get("weight") for item in given):
        _invalid("The specified capacity provider strategy cannot contain only weights of zero.")
    if len([item for item in given or [] if item.get("base")]) > 1:
        _invalid("Only one capacity provider of a strategy can have a base.")
    now = {item["capacityProvider"]: item for item in service.capacity_provider_strategy or []}
    same = given is None or {i["capacityProvider"]: {"weight": 0, "base": 0, **i} for i in given} == now
    if service.deployments and not same and not wanted.get("forceNewDeployment"):
        _invalid("Another capacity provider strategy needs a new deployment. Force one, and try again.")
