"""Application Auto Scaling: targets and policies of ECS services."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.ecs import running, service

WHERE = {"ServiceNamespace": "ecs", "ResourceId": "service/c/s", "ScalableDimension": "ecs:service:DesiredCount"}
CPU = {
    "TargetValue": 50.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
}


def target(aws: Aws, least: int = 1, most: int = 4, **more: Any) -> str:
    made = aws.client("application-autoscaling").register_scalable_target(
        MinCapacity=least, MaxCapacity=most, **WHERE, **more
    )
    return str(made["ScalableTargetARN"])


def policy(aws: Aws, name: str = "p") -> Any:
    return aws.client("application-autoscaling").put_scaling_policy(
        PolicyName=name, PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=CPU, **WHERE
    )


@check("a service below its least count is raised, one above its most is lowered")
def _(aws: Aws) -> bool:
    running(aws)
    target(aws, 4, 6)
    at_once = service(aws)["desiredCount"]
    aws.advance(1)
    raised = service(aws)["desiredCount"]
    target(aws, 1, 3)
    aws.advance(1)
    return (at_once, raised, service(aws)["desiredCount"]) == (2, 4, 3)


@check("a target whose least count is above its most is refused")
def _(aws: Aws) -> bool:
    running(aws)
    return code(lambda: target(aws, 5, 2)) == "ValidationException"


@check("a policy needs a target")
def _(aws: Aws) -> bool:
    running(aws)
    return code(lambda: policy(aws)) == "ObjectNotFoundException"


@check("putting a policy again keeps its ARN and its two alarms")
def _(aws: Aws) -> bool:
    running(aws)
    target(aws)
    same = policy(aws)["PolicyARN"] == policy(aws)["PolicyARN"]
    return same and len(aws.client("cloudwatch").describe_alarms()["MetricAlarms"]) == 2


@check("target, policy and alarms go with the service")
def _(aws: Aws) -> bool:
    running(aws)
    target(aws)
    policy(aws)
    scaling = aws.client("application-autoscaling")
    aws.client("ecs").delete_service(cluster="c", service="s", force=True)
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    alarms = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    gone = code(scaling.deregister_scalable_target, **WHERE)
    return not (targets or policies or alarms) and gone == "ObjectNotFoundException"


@check("deregistering a target removes its policies")
def _(aws: Aws) -> bool:
    running(aws)
    target(aws)
    policy(aws)
    scaling = aws.client("application-autoscaling")
    scaling.deregister_scalable_target(**WHERE)
    return not scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]


@check("targets can be tagged")
def _(aws: Aws) -> bool:
    running(aws)
    scaling = aws.client("application-autoscaling")
    arn = target(aws, Tags={"a": "1", "b": "2"})
    scaling.tag_resource(ResourceARN=arn, Tags={"c": "3"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["a"])
    return bool(scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2", "c": "3"})


@check("a scheduled action needs a target, a schedule that can be read, a zone that exists and bounds in order")
def _(aws: Aws) -> bool:
    running(aws)
    put = aws.client("application-autoscaling").put_scheduled_action
    night: dict[str, Any] = {
        "ScheduledActionName": "night",
        "Schedule": "cron(0 20 ? * MON-FRI *)",
        "Timezone": "Europe/Berlin",
        "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0},
    }
    codes = [code(put, **WHERE, **night)]
    target(aws)
    wrong: list[dict[str, Any]] = [
        {"Schedule": "cron(0 20 * *)"},
        {"Schedule": "every evening"},
        {"Timezone": "Europe/Nowhere"},
        {"ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 1}},
        {"ScalableTargetAction": {}},
    ]
    codes += [code(put, **WHERE, **night | one) for one in wrong]
    return codes == ["ObjectNotFoundException", *["ValidationException"] * len(wrong)] and not code(
        put, **WHERE, **night
    )


@check("scheduled actions go with their target, and one that is not there cannot be deleted")
def _(aws: Aws) -> bool:
    running(aws)
    target(aws)
    scaling = aws.client("application-autoscaling")
    scaling.put_scheduled_action(
        ScheduledActionName="n", Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 0}, **WHERE
    )
    none = code(scaling.delete_scheduled_action, ScheduledActionName="other", **WHERE)
    scaling.deregister_scalable_target(**WHERE)
    target(aws)
    left = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    return none == "ObjectNotFoundException" and left == []
