"""ELBv2: listeners, rules, target groups and targets."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code, network
from tests.emulator.checks.elbv2 import balancer, health, listener, listening, rule, served, targets


@check("an unknown attribute of a target group is refused")
def _(aws: Aws) -> bool:
    group = targets(aws, network(aws))
    wrong = [{"Key": "nonsense", "Value": "1"}]
    refused = code(aws.client("elbv2").modify_target_group_attributes, TargetGroupArn=group, Attributes=wrong)
    return refused == "ValidationError"


@check("the same target group again is the same target group, another of its name is refused")
def _(aws: Aws) -> bool:
    net = network(aws)
    same = targets(aws, net) == targets(aws, net)
    other = {"Name": "tg", "Protocol": "HTTP", "Port": 81, "VpcId": net.vpc, "TargetType": "ip"}
    return same and code(aws.client("elbv2").create_target_group, **other) == "DuplicateTargetGroupName"


@check("a target group forgets a load balancer that does not use it any more")
def _(aws: Aws) -> bool:
    _net, _lb, group, on = served(aws)
    elbv2 = aws.client("elbv2")
    elbv2.delete_listener(ListenerArn=on)
    return bool(elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"] == [])


@check("a target group serves one load balancer")
def _(aws: Aws) -> bool:
    net, _lb, group, _on = served(aws)
    second = balancer(aws, net, Name="second")["LoadBalancerArn"]
    refused = code(aws.client("elbv2").create_listener, **listening(second, group))
    return refused == "TargetGroupAssociationLimit"


@check("the same listener again is the same listener, another on its port is refused")
def _(aws: Aws) -> bool:
    net, lb, group, on = served(aws)
    same = listener(aws, lb, group)["ListenerArn"] == on
    other = targets(aws, net, Name="other")
    return same and code(aws.client("elbv2").create_listener, **listening(lb, other)) == "DuplicateListener"


@check("an HTTPS listener needs a certificate that exists, and a policy that exists")
def _(aws: Aws) -> bool:
    net = network(aws)
    lb, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    unknown = [{"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/none"}]
    secure = listening(lb, group, Protocol="HTTPS", Port=443)
    tries: list[dict[str, Any]] = [{}, {"Certificates": unknown}, {"Certificates": unknown, "SslPolicy": "none"}]
    codes = [code(aws.client("elbv2").create_listener, **secure, **one) for one in tries]
    return codes == ["ValidationError", "CertificateNotFound", "SSLPolicyNotFound"]


@check("an HTTPS listener refuses a certificate that is not issued")
def _(aws: Aws) -> bool:
    net = network(aws)
    lb, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    pending = aws.client("acm").request_certificate(DomainName="example.com", ValidationMethod="DNS")
    certificates = [{"CertificateArn": pending["CertificateArn"]}]
    secure = listening(lb, group, Protocol="HTTPS", Port=443, Certificates=certificates)
    return code(aws.client("elbv2").create_listener, **secure) == "UnsupportedCertificate"


@check("a forward action is shown in both of its forms, a plain HTTP listener without a policy")
def _(aws: Aws) -> bool:
    net = network(aws)
    lb, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    made = listener(aws, lb, group)
    action = made["DefaultActions"][0]
    weighted = [{"TargetGroupArn": group, "Weight": 1}]
    both = action["TargetGroupArn"] == group and action["ForwardConfig"]["TargetGroups"] == weighted
    return both and "SslPolicy" not in made


@check("a redirect shows what it keeps")
def _(aws: Aws) -> bool:
    net = network(aws)
    lb, group = balancer(aws, net)["LoadBalancerArn"], targets(aws, net)
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    made = listener(aws, lb, group, DefaultActions=[redirect])
    return bool(made["DefaultActions"][0]["RedirectConfig"].get("Path") == "/#{path}")


@check("a condition is shown in both of its forms")
def _(aws: Aws) -> bool:
    _net, _lb, group, on = served(aws)
    condition = rule(aws, on, group)["Conditions"][0]
    return bool(condition["Values"] == condition["PathPatternConfig"]["Values"] == ["/a"])


@check("rules swap their priorities")
def _(aws: Aws) -> bool:
    _net, _lb, group, on = served(aws)
    first, second = rule(aws, on, group, 1)["RuleArn"], rule(aws, on, group, 2)["RuleArn"]
    swap = [{"RuleArn": first, "Priority": 2}, {"RuleArn": second, "Priority": 1}]
    swapped = aws.client("elbv2").set_rule_priorities(RulePriorities=swap)["Rules"]
    return {one["RuleArn"]: one["Priority"] for one in swapped} == {first: "2", second: "1"}


@check("the default rule stays, an unknown rule is not found")
def _(aws: Aws) -> bool:
    _net, _lb, _group, on = served(aws)
    elbv2 = aws.client("elbv2")
    default = elbv2.describe_rules(ListenerArn=on)["Rules"][-1]["RuleArn"]
    codes = [code(elbv2.delete_rule, RuleArn=arn) for arn in (default, default + "0")]
    return codes == ["OperationNotPermitted", "RuleNotFound"]


@check("targets are initial, then healthy; draining, then gone; unused without a load balancer")
def _(aws: Aws) -> bool:
    net, _lb, group, _on = served(aws)
    elbv2 = aws.client("elbv2")
    spare = targets(aws, net, Name="spare")
    target = [{"Id": "10.0.0.9", "Port": 80}]
    for one in (group, spare):
        elbv2.register_targets(TargetGroupArn=one, Targets=target)
    seen = [health(aws, spare), health(aws, group)]
    aws.advance(2)
    seen.append(health(aws, group))
    elbv2.deregister_targets(TargetGroupArn=group, Targets=target)
    seen.append(health(aws, group))
    aws.advance(2)
    return [*seen, health(aws, group)] == [["unused"], ["initial"], ["healthy"], ["draining"], []]


@check("a list of listeners with an unknown one fails, and an unknown resource has no tags to tell")
def _(aws: Aws) -> bool:
    _net, lb, _group, on = served(aws)
    elbv2 = aws.client("elbv2")
    listeners = code(elbv2.describe_listeners, ListenerArns=[on, on + "0"])
    tags = code(elbv2.describe_tags, ResourceArns=[lb + "0"])
    return (listeners, tags) == ("ListenerNotFound", "LoadBalancerNotFound")


@check("an application load balancer forwards to HTTP, within its VPC")
def _(aws: Aws) -> bool:
    net, elbv2 = network(aws), aws.client("elbv2")
    lb = balancer(aws, net)["LoadBalancerArn"]
    other = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    groups = [targets(aws, net, Name="tcp", Protocol="TCP"), targets(aws, net, Name="far", VpcId=other)]
    codes = [code(elbv2.create_listener, **listening(lb, group)) for group in groups]
    return codes == ["InvalidConfigurationRequest"] * 2


@check("a listener cannot move to a port that is taken, and loses its certificate with its protocol")
def _(aws: Aws) -> bool:
    _net, lb, group, on = served(aws)
    other = listener(aws, lb, group, Port=81)["ListenerArn"]
    modify = aws.client("elbv2").modify_listener
    return code(modify, ListenerArn=other, Port=80) == "DuplicateListener" and "SslPolicy" not in str(
        modify(ListenerArn=on, Protocol="HTTP")["Listeners"]
    )


@check("the longest deregistration delay is an hour")
def _(aws: Aws) -> bool:
    group = targets(aws, network(aws))
    hour = [{"Key": "deregistration_delay.timeout_seconds", "Value": "3600"}]
    return not code(aws.client("elbv2").modify_target_group_attributes, TargetGroupArn=group, Attributes=hour)
