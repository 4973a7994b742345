"""The network interfaces of ECS tasks and their places in target groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.moto_api._internal import mock_random

from reconciler.emulator.fixes import eni
from reconciler.emulator.fixes.ecs_traffic import group_of

if TYPE_CHECKING:
    from reconciler.emulator.fixes.agenda import Json, Moto


def connect(service: Moto, task: Moto, side: int) -> None:
    """Give the task an interface in one of the service's subnets, and register it on one side of the load balancers."""
    vpc = (service.network_configuration or {}).get("awsvpcConfiguration")
    if not vpc:
        return
    ec2: Moto = ec2_backends[service.backend.account_id][service.region_name]
    task.interface = None
    subnets = [s for s in vpc["subnets"] if any(s in zone for zone in ec2.subnets.values())]
    if not subnets:
        return
    account, subnet = (
        service.backend.account_id,
        subnets[len(service.backend.tasks[service.cluster_name]) % len(subnets)],
    )
    attachment = f"arn:aws:ecs:{service.region_name}:{account}:attachment/{mock_random.uuid4()}"
    held = eni.hold(account, service.region_name, task.task_arn, subnet, vpc.get("securityGroups") or [], attachment)
    task.interface, task.address = held.id, held.private_ip_address
    task.availability_zone = held.subnet.availability_zone
    details = {"subnetId": subnet, "networkInterfaceId": held.id, "privateIPv4Address": task.address}
    task.attachments = [
        {
            "id": str(mock_random.uuid4()),
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
    ]
    task.groups = _groups(service, side)
    for balancer, group in task.groups:
        group_target = {"Id": task.address, "Port": balancer["containerPort"]}
        elbv2_backends[service.backend.account_id][service.region_name].register_targets(group, [group_target])


def disconnect(service: Moto, task: Moto) -> None:
    """Take back what `connect` gave."""
    if getattr(task, "interface", None) is None:
        return
    eni.release(service.backend.account_id, service.region_name, task.task_arn)
    task.interface = None
    elb: Moto = elbv2_backends[service.backend.account_id][service.region_name]
    for _, arn in task.groups:
        if arn in elb.target_groups and task.address in elb.target_groups[arn].targets:
            elb.deregister_targets(arn, [{"Id": task.address}])
    for attachment in task.attachments:
        attachment["status"] = "DELETED"


def withdraw(account: str, region: str, task: Moto) -> None:
    """Take away the interface that moto gave a task which no service started."""
    ec2: Moto = ec2_backends[account][region]
    for detail in (detail for attachment in task.attachments for detail in attachment["details"]):
        if detail["name"] == "networkInterfaceId" and detail["value"] in ec2.enis:
            ec2.delete_network_interface(detail["value"])


def _groups(service: Moto, side: int) -> list[tuple[Json, str]]:
    elb: Moto = elbv2_backends[service.backend.account_id][service.region_name]
    named = [(balancer, group_of(balancer, side) or "") for balancer in service.load_balancers]
    return [(balancer, arn) for balancer, arn in named if arn in elb.target_groups]
