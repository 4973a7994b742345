"""ECS deployments that move traffic: blue/green, with a time in which they can still come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.emulator.checks.base import Aws, check, code
from tests.emulator.checks.ecs import App, app, rollouts, service, serving

TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
BAKE = 600


@dataclass
class Sides:
    """An app, and a listener whose rule may send its requests to blue or to green."""

    made: App
    groups: list[str]
    listener: str
    rule: str
    role: str

    def wanted(self, strategy: str = "BLUE_GREEN", **more: Any) -> dict[str, Any]:
        blue, green = self.groups
        advanced = {"alternateTargetGroupArn": green, "productionListenerRule": self.rule, "roleArn": self.role}
        balancer = {"targetGroupArn": blue, "containerName": "app", "containerPort": 80}
        told = {"strategy": strategy, "bakeTimeInMinutes": BAKE // 60, **BREAKER, **more}
        balancers = [{**balancer, "advancedConfiguration": advanced}]
        return serving(self.made, loadBalancers=balancers, deploymentConfiguration=told)


def sides(aws: Aws) -> Sides:
    made, elb = app(aws), aws.client("elbv2")
    arns = [
        elb.create_target_group(Name=n, Protocol="HTTP", Port=80, VpcId=made.net.vpc, TargetType="ip")
        for n in ("blue", "green")
    ]
    groups = [one["TargetGroups"][0]["TargetGroupArn"] for one in arns]
    balancer = elb.create_load_balancer(Name="lb", Subnets=made.net.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    nothing = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=nothing)
    arn = listener["Listeners"][0]["ListenerArn"]
    rule = elb.create_rule(
        ListenerArn=arn,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": groups[0]}],
    )["Rules"][0]["RuleArn"]
    role = aws.client("iam").create_role(RoleName="shift", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    aws.advance(5)
    return Sides(made, groups, arn, rule, role)


def weights(aws: Aws, made: Sides) -> list[int]:
    """How the rule's requests are shared between blue and green."""
    action = aws.client("elbv2").describe_rules(RuleArns=[made.rule])["Rules"][0]["Actions"][0]
    shares = {one["TargetGroupArn"]: one["Weight"] for one in action["ForwardConfig"]["TargetGroups"]}
    return [shares.get(group, 0) for group in made.groups]


def targets(aws: Aws, made: Sides) -> list[int]:
    elb = aws.client("elbv2")
    shown = [elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"] for group in made.groups]
    return [len([one for one in group if one["TargetHealth"]["State"] != "draining"]) for group in shown]


def on_blue(aws: Aws, **more: Any) -> Sides:
    """A service that has settled on its first side."""
    made = sides(aws)
    aws.client("ecs").create_service(**made.wanted(**more))
    aws.advance(5)
    return made


def update(aws: Aws, revision: str) -> None:
    aws.client("ecs").update_service(cluster="c", service="s", taskDefinition=revision)


def last(aws: Aws) -> Any:
    return aws.client("ecs").list_service_deployments(cluster="c", service="s")["serviceDeployments"][0]


@check("the first deployment has all the traffic at once")
def _(aws: Aws) -> bool:
    made = on_blue(aws)
    done = rollouts(aws) == [("PRIMARY", "COMPLETED", "f:1", 2)]
    return done and weights(aws, made) == [100, 0] and targets(aws, made) == [2, 0]


@check("blue/green: green starts beside blue, gets the traffic, bakes, and then blue goes")
def _(aws: Aws) -> bool:
    made = on_blue(aws)
    update(aws, "f:2")
    started = weights(aws, made)
    aws.advance(3)
    baking = weights(aws, made), targets(aws, made), rollouts(aws), last(aws)["status"]
    aws.advance(BAKE - 10)
    still = len(rollouts(aws))
    aws.advance(20)
    after = weights(aws, made), targets(aws, made), rollouts(aws), last(aws)["status"]
    both = [("PRIMARY", "IN_PROGRESS", "f:2", 2), ("ACTIVE", "COMPLETED", "f:1", 2)]
    return (
        started == [100, 0]
        and baking == ([0, 100], [2, 2], both, "IN_PROGRESS")
        and still == 2
        and after == ([0, 100], [0, 2], [("PRIMARY", "COMPLETED", "f:2", 2)], "SUCCESSFUL")
    )


@check("the next deployment takes the other side")
def _(aws: Aws) -> bool:
    made = on_blue(aws)
    for revision in ("f:2", "f:1"):
        update(aws, revision)
        aws.advance(BAKE + 10)
    return weights(aws, made) == [100, 0] and targets(aws, made) == [2, 0]


@check("blue/green: a revision that does not start gets no traffic and is rolled back")
def _(aws: Aws) -> bool:
    made = on_blue(aws)
    update(aws, "f:3")
    aws.advance(10)
    done = weights(aws, made), targets(aws, made), rollouts(aws), last(aws)["status"]
    return done == ([100, 0], [2, 0], [("PRIMARY", "COMPLETED", "f:1", 2)], "ROLLBACK_SUCCESSFUL")


@check("blue/green: an alarm while it bakes brings the traffic back")
def _(aws: Aws) -> bool:
    alarms = {"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}}
    made, watch = on_blue(aws, **alarms), aws.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="errors", MetricName="m", Namespace="n", Period=60, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
    )  # fmt: skip
    update(aws, "f:2")
    aws.advance(3)
    shifted = weights(aws, made)
    watch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")
    aws.advance(90)
    aws.client("ecs").describe_clusters()
    back = weights(aws, made), targets(aws, made), last(aws)["status"]
    return shifted == [0, 100] and back == ([100, 0], [2, 0], "ROLLBACK_SUCCESSFUL")


@check("linear deployments move the traffic by steps")
def _(aws: Aws) -> bool:
    steps = {"linearConfiguration": {"stepPercent": 50.0, "stepBakeTimeInMinutes": 1}}
    made = on_blue(aws, strategy="LINEAR", **steps)
    update(aws, "f:2")
    aws.advance(3)
    service(aws)
    half = weights(aws, made)
    aws.advance(60)
    service(aws)
    return half == [50, 50] and weights(aws, made) == [0, 100]


@check("what moves traffic must say which groups, which rule, and as whom")
def _(aws: Aws) -> bool:
    made = sides(aws)
    create = aws.client("ecs").create_service

    def refused(**more: Any) -> str:
        wanted = made.wanted()
        wanted["loadBalancers"][0]["advancedConfiguration"] |= more
        return code(create, **wanted)

    plain, rolling = made.wanted(), made.wanted("ROLLING")
    del plain["loadBalancers"][0]["advancedConfiguration"]
    codes = [
        code(create, **plain),
        code(create, **rolling),
        refused(alternateTargetGroupArn=made.groups[0]),
        refused(productionListenerRule=made.listener),
        refused(productionListenerRule=f"{made.rule}0"),
        refused(roleArn=made.made.role),
    ]
    return codes == ["InvalidParameterException"] * 6 and refused() == ""
