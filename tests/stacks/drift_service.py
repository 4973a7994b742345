"""Drift of what runs, what it stores, what it may do and what watches it."""

from __future__ import annotations

import json
from typing import Any

from tests.stacks.b2bcredit import CLUSTER, MASTER, NEXTAUTH, SERVICE, STARTER, TASK, WORKER
from tests.stacks.drift import Drift
from tests.stacks.look import Look, pairs

DB, PARAMETERS, LOGS, FILES = (
    "b2bcredit-db",
    "b2bcredit-db-postgres15",
    "/ecs/b2bcredit-app",
    "b2bcredit-production-files",
)


def update_service(look: Look, **told: Any) -> None:
    look.lab.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, **told)


def service(look: Look) -> dict[str, Any]:
    return look.service(CLUSTER, SERVICE)


def groups(look: Look) -> list[str]:
    net = service(look)["networkConfiguration"]["awsvpcConfiguration"]
    return [look.name_of_group(one) for one in net["securityGroups"]]


def move_service(look: Look) -> None:
    """Put the tasks behind the balancer's own firewall, which lets the whole world in."""
    net = service(look)["networkConfiguration"]["awsvpcConfiguration"]
    net["securityGroups"] = [look.group("b2bcredit-alb-sg")["GroupId"]]
    update_service(look, networkConfiguration={"awsvpcConfiguration": net})


def content(look: Look) -> tuple[str, str]:
    """What the service runs: the image, and whether its revision is the stack's."""
    answer = look.lab.client("ecs").describe_task_definition(
        taskDefinition=service(look)["taskDefinition"], include=["TAGS"]
    )
    owner = pairs(answer.get("tags", []), "key", "value").get("reconciler:stack", "")
    return answer["taskDefinition"]["containerDefinitions"][0]["image"], owner


def deploy_other(look: Look) -> None:
    ecs, told = look.lab.client("ecs"), look.task(TASK)
    told["containerDefinitions"][0]["image"] = "public.ecr.aws/somebody/else:1"
    names = ("family", "containerDefinitions", "cpu", "memory", "networkMode", "requiresCompatibilities",
             "executionRoleArn", "taskRoleArn", "runtimePlatform")  # fmt: skip
    made = ecs.register_task_definition(**{name: told[name] for name in names})["taskDefinition"]
    update_service(look, taskDefinition=made["taskDefinitionArn"])


def insights(look: Look) -> list[dict[str, str]]:
    answer = look.lab.client("ecs").describe_clusters(clusters=[CLUSTER], include=["SETTINGS"])
    return list(answer["clusters"][0]["settings"])


def no_insights(look: Look) -> None:
    look.lab.client("ecs").update_cluster_settings(
        cluster=CLUSTER, settings=[{"name": "containerInsights", "value": "disabled"}]
    )


def modify_db(look: Look, **told: Any) -> None:
    look.lab.client("rds").modify_db_instance(DBInstanceIdentifier=DB, ApplyImmediately=True, **told)
    look.lab.clock.sleep(3600)


def parameter(look: Look) -> str:
    pages = look.lab.client("rds").get_paginator("describe_db_parameters").paginate(DBParameterGroupName=PARAMETERS)
    (found,) = (
        p["ParameterValue"] for page in pages for p in page["Parameters"] if p["ParameterName"] == "rds.force_ssl"
    )
    return str(found)


def set_parameter(look: Look) -> None:
    told = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    look.lab.client("rds").modify_db_parameter_group(DBParameterGroupName=PARAMETERS, Parameters=[told])


def secret(look: Look, name: str) -> dict[str, Any]:
    found = look.lab.client("secretsmanager").describe_secret(SecretId=name)
    return {k: found.get(k) for k in ("Description", "DeletedDate")}


def trust(look: Look) -> Any:
    return look.role(WORKER)["AssumeRolePolicyDocument"]


def trust_everybody(look: Look) -> None:
    document = trust(look)
    document["Statement"][0]["Principal"] = {"AWS": "*"}
    look.lab.client("iam").update_assume_role_policy(RoleName=WORKER, PolicyDocument=json.dumps(document))


ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def allow_anything(look: Look) -> None:
    look.lab.client("iam").put_role_policy(RoleName=WORKER, PolicyName="debug", PolicyDocument=json.dumps(ANYTHING))


PULL = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def alarm(look: Look) -> dict[str, Any]:
    return look.alarm("b2bcredit-ecs-cpu")


def deafen(look: Look) -> None:
    names = ("AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods",
             "Dimensions", "ComparisonOperator", "AlarmActions")  # fmt: skip
    now = alarm(look)
    look.lab.client("cloudwatch").put_metric_alarm(**{name: now[name] for name in names}, Threshold=99)


def scale(look: Look) -> None:
    look.lab.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs", ResourceId=f"service/{CLUSTER}/{SERVICE}", ScalableDimension="ecs:service:DesiredCount",
        MaxCapacity=50,
    )  # fmt: skip


def aim(look: Look) -> None:
    scaling, where = look.lab.client("application-autoscaling"), f"service/{CLUSTER}/{SERVICE}"
    (now,) = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=where)["ScalingPolicies"]
    names = ("PolicyName", "ServiceNamespace", "ResourceId", "ScalableDimension", "PolicyType")
    aimed = {**now["TargetTrackingScalingPolicyConfiguration"], "TargetValue": 95.0}
    scaling.put_scaling_policy(**{name: now[name] for name in names}, TargetTrackingScalingPolicyConfiguration=aimed)


def charts(look: Look) -> list[Any]:
    body = look.lab.client("cloudwatch").get_dashboard(DashboardName="b2bcredit")["DashboardBody"]
    return list(json.loads(body)["widgets"])


def retitle(look: Look) -> None:
    body = {"widgets": charts(look)}
    body["widgets"][0]["properties"]["title"] = "CPU"
    look.lab.client("cloudwatch").put_dashboard(DashboardName="b2bcredit", DashboardBody=json.dumps(body))


def block(look: Look) -> Any:
    return look.lab.client("s3").get_public_access_block(Bucket=FILES)["PublicAccessBlockConfiguration"]


def publish(look: Look) -> None:
    told = {**block(look), "BlockPublicPolicy": False}
    look.lab.client("s3").put_public_access_block(Bucket=FILES, PublicAccessBlockConfiguration=told)


def unscanned(look: Look) -> None:
    look.lab.client("ecr").put_image_scanning_configuration(
        repositoryName="b2bcredit-app", imageScanningConfiguration={"scanOnPush": False}
    )


REVISION = "arn:aws:ecs:us-east-1:123456789012:task-definition/b2bcredit-task"
AIM = "scalingPolicies[cpu].targetTrackingScalingPolicyConfiguration.targetValue"
PRINCIPAL = "assumeRolePolicyDocument.Statement.Allow sts.Principal"
RUNNING = (
    Drift("other revision", deploy_other, content, f"ECSService/{SERVICE}", {"taskDefinition": (f"{REVISION}:1", f"{REVISION}:2")}),
    Drift("service's firewall", move_service, groups, f"ECSService/{SERVICE}",
          {"networkConfiguration.awsvpcConfiguration.securityGroups":
              ([lambda a: a.group("b2bcredit-ecs-sg")["GroupId"]], [lambda a: a.group("b2bcredit-alb-sg")["GroupId"]])}),
    Drift("insights", no_insights, insights, f"ECSCluster/{CLUSTER}", {"settings.containerInsights": ("enabled", "disabled")}),
    Drift("most tasks", scale, lambda a: a.scaling(CLUSTER, SERVICE)["MaxCapacity"], f"ScalableTarget/{SERVICE}", {"maxCapacity": (10, 50)}),
    Drift("target value", aim, lambda a: a.scaling(CLUSTER, SERVICE)["TargetValue"], f"ScalableTarget/{SERVICE}", {AIM: (70, 95)}),
    Drift("scan", unscanned, lambda a: a.repository("b2bcredit-app")["imageScanningConfiguration"], "Repository/b2bcredit-app",
          {"imageScanningConfiguration.scanOnPush": (True, False)}),
    Drift("log retention", lambda a: a.lab.client("logs").put_retention_policy(logGroupName=LOGS, retentionInDays=1),
          lambda a: a.retention(LOGS), f"LogGroup/{LOGS}", {"retentionInDays": (30, 1)}),
    Drift("alarm", deafen, lambda a: alarm(a)["Threshold"], "Alarm/b2bcredit-ecs-cpu", {"threshold": (80, 99)}),
    Drift("dashboard", retitle, charts, "Dashboard/b2bcredit", {"dashboardBody.widgets[0].properties.title": ("ECS CPU and memory", "CPU")}),
)  # fmt: skip
STORED = (
    Drift("backups", lambda a: modify_db(a, BackupRetentionPeriod=1), lambda a: a.database(DB)["BackupRetentionPeriod"],
          f"DBInstance/{DB}", {"backupRetentionPeriod": (7, 1)}),
    Drift("class", lambda a: modify_db(a, DBInstanceClass="db.t3.large"), lambda a: a.database(DB)["DBInstanceClass"],
          f"DBInstance/{DB}", {"dbInstanceClass": ("db.t3.medium", "db.t3.large")}),
    Drift("standby", lambda a: modify_db(a, MultiAZ=False), lambda a: a.database(DB)["MultiAZ"], f"DBInstance/{DB}", {"multiAZ": (True, False)}),
    Drift("protection", lambda a: modify_db(a, DeletionProtection=False), lambda a: a.database(DB)["DeletionProtection"],
          f"DBInstance/{DB}", {"deletionProtection": (True, False)}),
    Drift("parameter", set_parameter, parameter, f"DBParameterGroup/{PARAMETERS}", {"parameters.rds.force_ssl": ("1", "0")}),
    Drift("description", lambda a: a.lab.client("secretsmanager").update_secret(SecretId=MASTER, Description="?"), lambda a: secret(a, MASTER),
          f"Secret/{MASTER}", {"description": ("the database's master password", "?")}),
    Drift("leaving secret", lambda a: a.lab.client("secretsmanager").delete_secret(SecretId=NEXTAUTH), lambda a: secret(a, NEXTAUTH),
          f"Secret/{NEXTAUTH}", {}, "restore"),
    Drift("trust", trust_everybody, trust, f"Role/{WORKER}", {PRINCIPAL: ({"Service": ["ecs-tasks.amazonaws.com"]}, {"AWS": ["*"]})}),
    Drift("inline policy", allow_anything, lambda a: a.lab.client("iam").list_role_policies(RoleName=WORKER)["PolicyNames"],
          f"Role/{WORKER}", {"policies.debug": (None, ANYTHING)}),
    Drift("managed policy", lambda a: a.lab.client("iam").detach_role_policy(RoleName=STARTER, PolicyArn=PULL), lambda a: a.managed(STARTER),
          f"Role/{STARTER}", {"managedPolicyArns": ([PULL], [])}),
    Drift("public bucket", publish, block, "Bucket/b2bcredit-files", {"publicAccessBlockConfiguration.blockPublicPolicy": (True, False)}),
)  # fmt: skip
