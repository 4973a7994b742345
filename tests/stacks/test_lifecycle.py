"""b2bcredit over time: deleted outside and made again with everything rewired, refused changes, and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from tests.engine.small import change, run
from tests.stacks.b2bcredit import (
    ALB,
    CLUSTER,
    CREDENTIALS,
    MASTER,
    NEXTAUTH,
    PRIVATE,
    SERVICE,
    WORKER,
    container,
    db,
    forwards,
    service,
    task,
    tg,
    urls,
)  # fmt: skip
from tests.stacks.look import Look
from tests.support import Lab, open_steps

HOME = Path(__file__).parents[2] / "desired" / "b2bcredit"
DEV, PRODUCTION = "dev", "production"


def stack(environment: str) -> Stack:
    return load_stack(Folder(), str(HOME / environment))


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    """One account with dev in it; every test leaves it as it should be."""
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(tmp_path_factory.mktemp("lifecycle"), patch)
        assert open_steps(lab.apply(stack(DEV))[1]) == []
        yield Look(lab, "-dev", "dev.b2bcredit.example", "b2bcredit-dev-files")


class Loss(NamedTuple):
    """Something that somebody deletes, and what has to point to the new one afterwards."""

    what: str
    delete: Callable[[Look], None]
    identity: Callable[[Look], Any]
    """What is another one afterwards; AWS gives some kinds the same identity again."""
    renewed: bool
    pointed: Callable[[Look], Any]
    """What the dependents point to: equal to the identity, or true."""


def no_target_group(look: Look) -> None:
    """AWS gives up a target group only when nothing uses it any more."""
    elb, arn = look.lab.client("elbv2"), tg(look)["TargetGroupArn"]
    listener = look.listener(ALB, 443)["ListenerArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    elb.modify_listener(ListenerArn=listener, DefaultActions=[answer])
    ecs = look.lab.client("ecs")
    ecs.update_service(cluster=look.name(CLUSTER), service=look.name(SERVICE), loadBalancers=[])
    look.lab.clock.sleep(60)
    elb.delete_target_group(TargetGroupArn=arn)


def uses_of_target_group(look: Look) -> Any:
    (used,) = service(look)["loadBalancers"]
    assert forwards(look) == [("forward", True)]
    return used["targetGroupArn"]


def no_service(look: Look) -> None:
    look.lab.client("ecs").delete_service(cluster=look.name(CLUSTER), service=look.name(SERVICE), force=True)
    look.lab.clock.sleep(60)


def scaled(look: Look) -> bool:
    bounds = look.scaling(CLUSTER, SERVICE)
    return (bounds["MinCapacity"], bounds["MaxCapacity"], service(look)["runningCount"]) == (2, 10, 2)


def no_secret(name: str) -> Callable[[Look], None]:
    def delete(look: Look) -> None:
        look.lab.client("secretsmanager").delete_secret(SecretId=look.name(name), ForceDeleteWithoutRecovery=True)
        look.lab.clock.sleep(60)

    return delete


def arn_in_container(name: str) -> Callable[[Look], Any]:
    """The secret that the container's variable names, if the running service has just that revision."""

    def read(look: Look) -> Any:
        assert service(look)["taskDefinition"] == task(look)["taskDefinitionArn"]
        (found,) = (s["valueFrom"] for s in container(look)["secrets"] if s["name"] == name)
        return ":".join(found.split(":")[:7])

    return read


def password(look: Look) -> str:
    return str(look.secret(MASTER))


def password_in_use(look: Look) -> str:
    """The password that the application reads and, as far as AWS shows it, the database has."""
    assert urls(look)["DATABASE_URL"] == "postgresql://postgres:PASSWORD@ENDPOINT:5432/b2b_credit_db"
    given = [w.params["MasterUserPassword"] for w in look.lab.aws.wire if "MasterUserPassword" in (w.params or {})]
    return str(given[-1])


def no_role(look: Look) -> None:
    iam, name = look.lab.client("iam"), look.name(WORKER)
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def no_route_table(look: Look) -> None:
    ec2 = look.lab.client("ec2")
    table = route_table(look)
    for one in ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"]:
        ec2.disassociate_route_table(AssociationId=one["RouteTableAssociationId"])
    ec2.delete_route_table(RouteTableId=table)


def route_table(look: Look) -> str:
    return str(look.ec2("describe_route_tables", "RouteTables", "b2bcredit-private-1")["RouteTableId"])


def table_of_subnet(look: Look) -> str:
    filters = [{"Name": "association.subnet-id", "Values": [look.subnet(PRIVATE[0])["SubnetId"]]}]
    (table,) = look.lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    assert "NatGatewayId" in look.exit(PRIVATE[0])
    return str(table["RouteTableId"])


def no_log_group(look: Look) -> None:
    look.lab.client("logs").delete_log_group(logGroupName=look.name("/ecs/b2bcredit-app"))


def log_group(look: Look) -> Any:
    assert look.retention(look.name("/ecs/b2bcredit-app")) == 30
    return look.name("/ecs/b2bcredit-app")


def no_alarm(look: Look) -> None:
    look.lab.client("cloudwatch").delete_alarms(AlarmNames=[look.name("b2bcredit-db-connections")])


def watched(look: Look) -> str:
    (dimension,) = look.alarm("b2bcredit-db-connections")["Dimensions"]
    return str(dimension["Value"])


LOSSES = [
    Loss("target group", no_target_group, lambda a: tg(a)["TargetGroupArn"], True, uses_of_target_group),
    Loss("log group", no_log_group, log_group, False, lambda a: container(a)["logConfiguration"]["options"]["awslogs-group"]),
    Loss("service", no_service, lambda a: service(a)["runningCount"] == 2, False, scaled),
    Loss("json secret", no_secret(CREDENTIALS), lambda a: a.secret_arn(CREDENTIALS), True, arn_in_container("DATABASE_URL")),
    Loss("generated secret", no_secret(NEXTAUTH), lambda a: a.secret_arn(NEXTAUTH), True, arn_in_container("NEXTAUTH_SECRET")),
    Loss("master password", no_secret(MASTER), password, True, password_in_use),
    Loss("alarm", no_alarm, lambda a: db(a)["DBInstanceIdentifier"], False, watched),
    Loss("task role", no_role, lambda a: a.role(WORKER)["Arn"], False, lambda a: task(a)["taskRoleArn"]),
    Loss("route table", no_route_table, route_table, True, table_of_subnet),
]  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES, ids=lambda one: one.what)
def test_what_was_deleted_outside_is_made_again_and_everything_points_to_it(loss: Loss, dev: Look) -> None:
    before = loss.identity(dev)
    loss.delete(dev)
    dev.lab.aws.forget_wire()
    _, left = dev.lab.apply(stack(DEV))
    assert open_steps(left) == []
    after = loss.identity(dev)
    assert (after != before) is loss.renewed
    assert loss.pointed(dev) == after
    assert not dev.lab.aws.blunders(), dev.lab.aws.crashes
    dev.lab.aws.forget_wire()
    assert open_steps(dev.lab.plan(stack(DEV))[1]) == []
    assert dev.lab.boto_writes() == []


def test_destroying_dev_leaves_production_alone_and_production_keeps_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(tmp_path, monkeypatch)
    for environment in (DEV, PRODUCTION):
        assert open_steps(lab.apply(stack(environment))[1]) == []
    lab.aws.forget_wire()
    assert run(lab, stack(DEV), "destroy")["result"] == "done"
    touched = [w for w in lab.aws.wire if w.writes and "b2bcredit" in str(w.params) and "dev" not in str(w.params)]
    assert touched == []
    assert owned(lab, "b2bcredit-dev") == set()
    assert open_steps(lab.plan(stack(PRODUCTION))[1]) == []
    report = run(lab, stack(PRODUCTION), "destroy")
    assert "lifecycle: {deletion: delete}" in change(report, "DBInstance/b2bcredit-db")["reason"]
    kept = {c["address"] for c in report["changes"] if c["action"] == "none"}
    assert {c["action"] for c in report["changes"]} == {"delete", "none"}
    data = {"DBInstance", "Secret", "HostedZone", "Bucket", "LogGroup", "Repository"}
    below_database = {"DBSubnetGroup", "DBParameterGroup", "SecurityGroup", "Subnet", "VPC"}
    assert {address.partition("/")[0] for address in kept} == data | below_database
    assert owned(lab, "b2bcredit-production") == kept
    assert not lab.aws.blunders(), lab.aws.crashes


def owned(lab: Lab, name: str) -> set[str]:
    """The addresses of what bears a stack's tag, as anybody can look it up; without what is on its way out."""
    filters = [{"Key": "reconciler:stack", "Values": [name]}]
    pages = lab.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=filters)
    listed = [one for page in pages for one in page["ResourceTagMappingList"]]
    there = [one for one in listed if not gone(lab, one["ResourceARN"])]
    return {t["Value"] for one in there for t in one["Tags"] if t["Key"] == "reconciler:address"}


def gone(lab: Lab, arn: str) -> bool:
    """AWS shows NAT gateways and secrets for a while after their deletion; a database's last snapshot has its tags."""
    if ":natgateway/" in arn:
        ids = [arn.rpartition("/")[2]]
        (found,) = lab.client("ec2").describe_nat_gateways(NatGatewayIds=ids)["NatGateways"]
        return bool(found["State"] == "deleted")
    if ":secret:" in arn:
        return "DeletedDate" in lab.client("secretsmanager").describe_secret(SecretId=arn)
    return ":snapshot:" in arn and "-final-" in arn
