"""ELBv2: what health checks have depends on what they speak, and what sessions have is filled in."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code, network
from tests.emulator.checks.elbv2 import balancer, listening, targets

SIGN_IN = {
    "Issuer": "https://id.example.com", "AuthorizationEndpoint": "https://id.example.com/a", "ClientId": "web",
    "TokenEndpoint": "https://id.example.com/t", "UserInfoEndpoint": "https://id.example.com/u",
}  # fmt: skip


def group(aws: Aws, **more: Any) -> dict[str, Any]:
    told = {"Name": "tcp", "Protocol": "TCP", "Port": 80, "VpcId": network(aws).vpc, "TargetType": "ip"}
    return dict(aws.client("elbv2").create_target_group(**told, **more)["TargetGroups"][0])


@check("a check by TCP has neither path nor matcher, and one by HTTP has both")
def _(aws: Aws) -> bool:
    elbv2, arn = aws.client("elbv2"), group(aws)["TargetGroupArn"]

    def shown(**change: Any) -> tuple[Any, Any]:
        found = elbv2.modify_target_group(TargetGroupArn=arn, **change)["TargetGroups"][0]
        return found.get("HealthCheckPath"), found.get("Matcher")

    turned = shown(HealthCheckProtocol="HTTP"), shown(HealthCheckPath="/up", Matcher={"HttpCode": "204"})
    back = shown(HealthCheckProtocol="TCP")
    return (*turned, back) == (("/", {"HttpCode": "200-399"}), ("/up", {"HttpCode": "204"}), (None, None))


@check("a path does not suit a check by TCP")
def _(aws: Aws) -> bool:
    elbv2, arn = aws.client("elbv2"), group(aws)["TargetGroupArn"]
    return code(elbv2.modify_target_group, TargetGroupArn=arn, HealthCheckPath="/") == "InvalidConfigurationRequest"


@check("a sign-in is shown with its defaults and without its secret, which it needs")
def _(aws: Aws) -> bool:
    net, elbv2 = network(aws), aws.client("elbv2")
    told = listening(balancer(aws, net)["LoadBalancerArn"], targets(aws, net))
    forward = told["DefaultActions"][0]
    bare = {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": SIGN_IN}
    known = {**bare, "AuthenticateOidcConfig": {**SIGN_IN, "ClientSecret": "hush"}}
    refused = code(elbv2.create_listener, **{**told, "DefaultActions": [bare, {**forward, "Order": 2}]})
    made = elbv2.create_listener(**{**told, "DefaultActions": [known, {**forward, "Order": 2}]})["Listeners"][0]
    shown = made["DefaultActions"][0]["AuthenticateOidcConfig"]
    return (refused, shown["Scope"], shown["SessionTimeout"], "ClientSecret" in shown) == (
        "ValidationError",
        "openid",
        604800,
        False,
    )
