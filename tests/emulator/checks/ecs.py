"""ECS: clusters, task definitions, services and their rollouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.emulator.checks.base import TRUST, Aws, Network, check, code, network


@dataclass
class App:
    """A network, a cluster `c`, a role, and a family `f` with two good revisions and a third that is broken."""

    net: Network
    group: str
    role: str


def register(aws: Aws, role: str, image: str = "app:1", **more: Any) -> Any:
    container = {"name": "app", "image": image, "portMappings": [{"containerPort": 80}]} | more.pop("container", {})
    arguments = {
        "family": "f",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": role,
        "containerDefinitions": [container],
    }
    return aws.client("ecs").register_task_definition(**(arguments | more))["taskDefinition"]


def app(aws: Aws) -> App:
    net = network(aws)
    group = aws.client("ec2").create_security_group(GroupName="g", Description="g", VpcId=net.vpc)["GroupId"]
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws.advance(3)
    aws.client("ecs").create_cluster(clusterName="c")
    for image in ("app:1", "app:2", "app:broken"):
        register(aws, role, image)
    return App(net, group, role)


def serving(made: App, **more: Any) -> dict[str, Any]:
    vpc = {"subnets": made.net.subnets, "securityGroups": [made.group]}
    return {
        "cluster": "c",
        "serviceName": "s",
        "taskDefinition": "f:1",
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": vpc},
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    } | more


def service(aws: Aws) -> Any:
    return aws.client("ecs").describe_services(cluster="c", services=["s"])["services"][0]


def running(aws: Aws) -> App:
    """A service `s` of two tasks that has settled."""
    made = app(aws)
    aws.client("ecs").create_service(**serving(made))
    aws.advance(3)
    return made


def rollouts(aws: Aws) -> list[tuple[str, str, str, int]]:
    return [
        (d["status"], d["rolloutState"], d["taskDefinition"].rsplit("/", 1)[-1], d["runningCount"])
        for d in service(aws)["deployments"]
    ]


@check("a created service keeps every field and is complete after a while")
def _(aws: Aws) -> bool:
    made = app(aws)
    new = aws.client("ecs").create_service(
        **serving(made, enableExecuteCommand=True, enableECSManagedTags=True, availabilityZoneRebalancing="DISABLED")
    )["service"]
    before = rollouts(aws)
    aws.advance(3)
    kept = new["enableExecuteCommand"] and new["enableECSManagedTags"] and new["availabilityZoneRebalancing"]
    breaker = new["deploymentConfiguration"]["deploymentCircuitBreaker"]
    return (
        kept == "DISABLED"
        and breaker == {"enable": True, "rollback": True}
        and before == [("PRIMARY", "IN_PROGRESS", "f:1", 0)]
        and rollouts(aws) == [("PRIMARY", "COMPLETED", "f:1", 2)]
    )


@check("a new revision runs beside the old one until it has replaced it")
def _(aws: Aws) -> bool:
    running(aws)
    changed = aws.client("ecs").update_service(cluster="c", service="s", taskDefinition="f:2")["service"]
    aws.advance(1)
    both = rollouts(aws)
    aws.advance(2)
    return (
        changed["taskDefinition"].endswith(":task-definition/f:2")
        and both == [("PRIMARY", "IN_PROGRESS", "f:2", 2), ("ACTIVE", "COMPLETED", "f:1", 2)]
        and rollouts(aws) == [("PRIMARY", "COMPLETED", "f:2", 2)]
    )


@check("a broken revision fails and the circuit breaker rolls back to the last good one")
def _(aws: Aws) -> bool:
    running(aws)
    aws.client("ecs").update_service(cluster="c", service="s", taskDefinition="f:3")
    aws.advance(1.9)
    during = rollouts(aws)
    reason = service(aws)["deployments"][0]["rolloutStateReason"]
    aws.advance(3)
    stopped = aws.client("ecs").list_tasks(cluster="c", serviceName="s", desiredStatus="STOPPED")["taskArns"]
    tasks = aws.client("ecs").describe_tasks(cluster="c", tasks=stopped)["tasks"]
    return (
        ("ACTIVE", "FAILED", "f:3", 0) in during
        and "rolling back" in reason
        and rollouts(aws) == [("PRIMARY", "COMPLETED", "f:1", 2)]
        and any(task["stoppedReason"] == "Essential container in task exited" for task in tasks)
    )


@check("without a circuit breaker a broken revision fails on and on beside the old one")
def _(aws: Aws) -> bool:
    made = app(aws)
    aws.client("ecs").create_service(**serving(made, deploymentConfiguration={}))
    aws.advance(3)
    aws.client("ecs").update_service(cluster="c", service="s", taskDefinition="f:3")
    aws.advance(60)
    first = service(aws)["deployments"][0]
    running_on = ("ACTIVE", "COMPLETED", "f:1", 2) in rollouts(aws)
    return running_on and first["rolloutState"] == "IN_PROGRESS" and first["failedTasks"] >= 4


@check("a service's tasks are listed, have addresses, and one stopped by hand is replaced")
def _(aws: Aws) -> bool:
    running(aws)
    ecs = aws.client("ecs")
    arns = ecs.list_tasks(cluster="c", serviceName="s")["taskArns"]
    details = ecs.describe_tasks(cluster="c", tasks=arns)["tasks"][0]["attachments"][0]["details"]
    ecs.stop_task(cluster="c", task=arns[0], reason="by hand")
    fewer = service(aws)["runningCount"]
    aws.advance(2)
    later = ecs.list_tasks(cluster="c", serviceName="s")["taskArns"]
    named = {detail["name"] for detail in details} >= {"privateIPv4Address", "networkInterfaceId"}
    return named and fewer == 1 and len(later) == 2 and arns[0] not in later


@check("a changed count alone starts no deployment")
def _(aws: Aws) -> bool:
    running(aws)
    before = service(aws)["deployments"][0]["id"]
    aws.client("ecs").update_service(cluster="c", service="s", desiredCount=4)
    soon = service(aws)
    aws.advance(2)
    later = service(aws)
    counts = (soon["runningCount"], soon["pendingCount"], later["runningCount"])
    return counts == (2, 2, 4) and later["deployments"][0]["id"] == before


@check("its tasks' interfaces keep a subnet and a security group in use until they have stopped")
def _(aws: Aws) -> bool:
    made = running(aws)
    ec2, ecs = aws.client("ec2"), aws.client("ecs")
    used = code(ec2.delete_security_group, GroupId=made.group), code(ec2.delete_subnet, SubnetId=made.net.subnets[0])
    ecs.delete_service(cluster="c", service="s", force=True)
    aws.advance(2)
    free = code(ec2.delete_security_group, GroupId=made.group), code(ec2.delete_subnet, SubnetId=made.net.subnets[0])
    return used == ("DependencyViolation", "DependencyViolation") and free == ("", "")


@check("the name of an active service is taken, that of a draining one as well")
def _(aws: Aws) -> bool:
    made = running(aws)
    ecs = aws.client("ecs")
    taken = code(ecs.create_service, **serving(made))
    ecs.delete_service(cluster="c", service="s", force=True)
    draining = service(aws)["status"], code(ecs.create_service, **serving(made))
    aws.advance(2)
    return (
        taken == "InvalidParameterException"
        and draining == ("DRAINING", "InvalidParameterException")
        and service(aws)["status"] == "INACTIVE"
        and not code(ecs.create_service, **serving(made))
    )


@check("a target group needs a load balancer, and gets the tasks once it has one")
def _(aws: Aws) -> bool:
    made = app(aws)
    elb = aws.client("elbv2")
    group = elb.create_target_group(Name="t", Protocol="HTTP", Port=80, VpcId=made.net.vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    wanted = serving(made, loadBalancers=[{"targetGroupArn": arn, "containerName": "app", "containerPort": 80}])
    orphan = code(aws.client("ecs").create_service, **wanted)
    balancer = elb.create_load_balancer(Name="lb", Subnets=made.net.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    aws.client("ecs").create_service(**wanted)
    aws.advance(5)
    targets = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return orphan == "InvalidParameterException" and len(targets) == 2


@check("an execution role has to exist and to trust ECS tasks")
def _(aws: Aws) -> bool:
    made = app(aws)
    register(aws, "arn:aws:iam::123456789012:role/nobody", family="g")
    return code(aws.client("ecs").create_service, **serving(made, taskDefinition="g:1")) == "ClientException"


@check("tasks do not start without the secrets they ask for, and start once these are there")
def _(aws: Aws) -> bool:
    made = app(aws)
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name="x")["ARN"]
    register(aws, made.role, family="g", container={"secrets": [{"name": "A", "valueFrom": f"{arn}:KEY::"}]})
    aws.client("ecs").create_service(**serving(made, taskDefinition="g", deploymentConfiguration={}))
    aws.advance(60)
    without = service(aws)
    secrets.put_secret_value(SecretId="x", SecretString='{"KEY": "v"}')
    service(aws)
    aws.advance(2)
    told = any("ResourceInitializationError" in event["message"] for event in without["events"])
    return told and without["runningCount"] == 0 and service(aws)["runningCount"] == 2


@check("listing the services of one cluster does not list another's whose name contains it")
def _(aws: Aws) -> bool:
    made = app(aws)
    aws.client("ecs").create_cluster(clusterName="xc")
    aws.client("ecs").create_service(**serving(made, cluster="xc"))
    return bool(aws.client("ecs").list_services(cluster="c")["serviceArns"] == [])


@check("creating a cluster again changes nothing, and one with services stays")
def _(aws: Aws) -> bool:
    running(aws)
    ecs = aws.client("ecs")
    ecs.update_cluster_settings(cluster="c", settings=[{"name": "containerInsights", "value": "enabled"}])
    ecs.create_cluster(clusterName="c")
    shown = ecs.describe_clusters(clusters=["c"], include=["SETTINGS"])["clusters"][0]["settings"]
    bare = ecs.describe_clusters(clusters=["c"])["clusters"][0]
    refused = code(ecs.delete_cluster, cluster="c")
    return shown[0]["value"] == "enabled" and "settings" not in bare and refused == "ClusterContainsServicesException"


@check("a task runs without a service, its memory given at the task alone")
def _(aws: Aws) -> bool:
    made = app(aws)
    vpc = {"subnets": made.net.subnets, "securityGroups": [made.group]}
    ran = aws.client("ecs").run_task(
        cluster="c", taskDefinition="f:1", launchType="FARGATE", networkConfiguration={"awsvpcConfiguration": vpc}
    )["tasks"]
    return len(ran) == 1
