"""Drift of what traffic passes: routes, firewalls, the balancer and DNS."""

from __future__ import annotations

from typing import Any

from tests.stacks.b2bcredit import ALB
from tests.stacks.drift import Drift
from tests.stacks.look import Look, pairs

RDS, ENTRY, TG, ACL = "b2bcredit-rds-sg", "b2bcredit-alb-sg", "b2bcredit-tg", "b2bcredit-edge"
ELSEWHERE, OLD = "somebody-else.us-east-1.elb.amazonaws.com", "ELBSecurityPolicy-2016-08"


def permission(port: int) -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def open_database(look: Look) -> None:
    look.lab.client("ec2").authorize_security_group_ingress(
        GroupId=look.group(RDS)["GroupId"], IpPermissions=permission(5432)
    )


def close_http(look: Look) -> None:
    look.lab.client("ec2").revoke_security_group_ingress(
        GroupId=look.group(ENTRY)["GroupId"], IpPermissions=permission(80)
    )


def table(look: Look, subnet: str) -> dict[str, Any]:
    filters = [{"Name": "association.subnet-id", "Values": [look.subnet(subnet)["SubnetId"]]}]
    (found,) = look.lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    return dict(found)


def close_exit(look: Look) -> None:
    where = table(look, "b2bcredit-private-1")["RouteTableId"]
    look.lab.client("ec2").delete_route(RouteTableId=where, DestinationCidrBlock="0.0.0.0/0")


def exits(look: Look, subnet: str) -> list[tuple[str, str]]:
    """Where a subnet's traffic goes to, and whether it arrives."""
    return [(r["DestinationCidrBlock"], r["State"]) for r in table(look, subnet)["Routes"]]


def gateways(look: Look) -> list[dict[str, Any]]:
    """The second zone's NAT gateway, if it is there."""
    filters = [
        {"Name": "tag:Name", "Values": ["b2bcredit-nat-2"]},
        {"Name": "state", "Values": ["pending", "available"]},
    ]
    return list(look.lab.client("ec2").describe_nat_gateways(Filters=filters)["NatGateways"])


def delete_gateway(look: Look) -> None:
    look.lab.client("ec2").delete_nat_gateway(NatGatewayId=gateways(look)[0]["NatGatewayId"])
    look.lab.clock.sleep(600)


def dead_gateway(look: Look) -> Any:
    """The NAT gateway that the second zone's route still names."""
    (route,) = (r for r in table(look, "b2bcredit-private-2")["Routes"] if "NatGatewayId" in r)
    return route["NatGatewayId"]


def nothing(_look: Look) -> None:
    """A drift that another one brings with it."""


def alias(look: Look) -> Any:
    return look.records[f"api.{look.domain}", "A"]["AliasTarget"]["DNSName"]


def repoint(look: Look) -> None:
    dns = look.lab.client("route53")
    (zone,) = (z["Id"] for z in dns.list_hosted_zones()["HostedZones"] if z["Name"] == f"{look.domain}.")
    record = look.records[f"api.{look.domain}", "A"]
    record["AliasTarget"]["DNSName"] = ELSEWHERE
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def acl(look: Look) -> dict[str, Any]:
    waf = look.lab.client("wafv2")
    (found,) = (a for a in waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"] if a["Name"] == ACL)
    return dict(waf.get_web_acl(Name=ACL, Scope="CLOUDFRONT", Id=found["Id"]))


def rules(look: Look) -> list[str]:
    return [rule["Name"] for rule in acl(look)["WebACL"]["Rules"]]


def write_rules(look: Look, kept: list[dict[str, Any]]) -> None:
    found = acl(look)
    now = {k: found["WebACL"][k] for k in ("Id", "Name", "DefaultAction", "VisibilityConfig")}
    look.lab.client("wafv2").update_web_acl(Scope="CLOUDFRONT", LockToken=found["LockToken"], Rules=kept, **now)


def drop_rule(look: Look) -> None:
    write_rules(look, [r for r in acl(look)["WebACL"]["Rules"] if r["Name"] != "common"])


def add_rule(look: Look) -> None:
    """Let one country in past every other rule."""
    found = acl(look)["WebACL"]["Rules"]
    new = {
        "Name": "friends",
        "Priority": 9,
        "Action": {"Allow": {}},
        "Statement": {"GeoMatchStatement": {"CountryCodes": ["NZ"]}},
    }
    write_rules(look, [*found, {**new, "VisibilityConfig": {**found[0]["VisibilityConfig"], "MetricName": "friends"}}])


def attribute(look: Look, what: str, name: str) -> str:
    elb = look.lab.client("elbv2")
    if what == "balancer":
        answer = elb.describe_load_balancer_attributes(LoadBalancerArn=look.balancer(ALB)["LoadBalancerArn"])
    else:
        answer = elb.describe_target_group_attributes(TargetGroupArn=look.target_group(TG)["TargetGroupArn"])
    return pairs(answer["Attributes"])[name]


def set_attribute(look: Look, what: str, name: str, value: str) -> None:
    elb, told = look.lab.client("elbv2"), [{"Key": name, "Value": value}]
    if what == "balancer":
        elb.modify_load_balancer_attributes(LoadBalancerArn=look.balancer(ALB)["LoadBalancerArn"], Attributes=told)
    else:
        elb.modify_target_group_attributes(TargetGroupArn=look.target_group(TG)["TargetGroupArn"], Attributes=told)


def listener(look: Look) -> dict[str, Any]:
    return look.listener(ALB, 443)


def modify_listener(look: Look, **told: Any) -> None:
    look.lab.client("elbv2").modify_listener(ListenerArn=listener(look)["ListenerArn"], **told)


def wrong_health(look: Look) -> None:
    look.lab.client("elbv2").modify_target_group(
        TargetGroupArn=look.target_group(TG)["TargetGroupArn"], HealthCheckPath="/"
    )


def certificates(look: Look) -> list[str]:
    """The names of the certificates that the listener shows."""
    acm = look.lab.client("acm")
    arns = [one["CertificateArn"] for one in listener(look)["Certificates"]]
    return [acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainName"] for arn in arns]


def certificate_arn(look: Look, domain: str) -> str:
    return str(look.certificate(domain)["CertificateArn"])


def other_certificate(look: Look) -> None:
    """One for the same names: the records that prove it are in the zone already."""
    arn = look.lab.client("acm").request_certificate(DomainName=f"*.{look.domain}", ValidationMethod="DNS")[
        "CertificateArn"
    ]
    look.lab.clock.sleep(60)
    modify_listener(look, Certificates=[{"CertificateArn": arn}])


def extra_rule(look: Look) -> None:
    look.lab.client("elbv2").create_rule(
        ListenerArn=listener(look)["ListenerArn"], Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/admin/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": look.target_group(TG)["TargetGroupArn"]}],
    )  # fmt: skip


def listener_rules(look: Look) -> list[dict[str, Any]]:
    listed = look.lab.client("elbv2").describe_rules(ListenerArn=listener(look)["ListenerArn"])["Rules"]
    return [rule for rule in listed if not rule["IsDefault"]]


def vpc_tags(look: Look) -> dict[str, str]:
    return pairs(look.ec2("describe_vpcs", "Vpcs", "b2bcredit-vpc")["Tags"])


def retag(look: Look) -> None:
    where = look.ec2("describe_vpcs", "Vpcs", "b2bcredit-vpc")["VpcId"]
    look.lab.client("ec2").create_tags(Resources=[where], Tags=[{"Key": "environment", "Value": "test"}])


def untag(look: Look) -> None:
    where = look.subnet("b2bcredit-public-1")["SubnetId"]
    look.lab.client("ec2").delete_tags(Resources=[where], Tags=[{"Key": "system"}])


def fixed_rule(port: int) -> dict[str, Any]:
    return {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "cidrIp": "0.0.0.0/0"}


def only_exit(gateway: Any) -> list[dict[str, Any]]:
    return [{"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": gateway}]


def forwarding(look: Look) -> dict[str, Any]:
    groups = [{"targetGroupArn": look.target_group(TG)["TargetGroupArn"], "weight": 1}]
    return {"targetGroupStickinessConfig": {"enabled": False}, "targetGroups": groups}


def stray(look: Look) -> dict[str, Any]:
    (rule,) = listener_rules(look)
    conditions = [{"field": "path-pattern", "values": ["/admin/*"]}]
    return {
        "listenerArn": listener(look)["ListenerArn"],
        "ruleArn": rule["RuleArn"],
        "priority": 10,
        "conditions": conditions,
        "stack": "",
    }


def shown(name: str) -> dict[str, Any]:
    return {"metricName": name, "cloudWatchMetricsEnabled": True, "sampledRequestsEnabled": True}


FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/plain"}}
COMMON = {
    "name": "common", "priority": 1, "overrideAction": {"none": {}}, "visibilityConfig": shown("common"),
    "statement": {"managedRuleGroupStatement": {
        "vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet",
        "ruleActionOverrides": [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}],
    }},
}  # fmt: skip
FRIENDS = {
    "name": "friends", "priority": 9, "action": {"allow": {}}, "visibilityConfig": shown("friends"),
    "statement": {"geoMatchStatement": {"countryCodes": ["NZ"]}},
}  # fmt: skip
IDLE, DRAINING = "idle_timeout.timeout_seconds", "deregistration_delay.timeout_seconds"
NETWORK = (
    Drift("extra entrance", open_database, lambda a: a.entrances(RDS), f"SecurityGroup/{RDS}",
          {"ingress[tcp 5432 with 0.0.0.0/0]": (None, fixed_rule(5432))}),
    Drift("missing entrance", close_http, lambda a: a.entrances(ENTRY), f"SecurityGroup/{ENTRY}",
          {"ingress[tcp 80 with 0.0.0.0/0]": (fixed_rule(80), None)}),
    Drift("route deleted", close_exit, lambda a: exits(a, "b2bcredit-private-1"), "RouteTable/b2bcredit-private-1",
          {"routes": (only_exit(lambda a: a.nat("b2bcredit-nat")["NatGatewayId"]), [])}),
    Drift("gateway deleted", delete_gateway, lambda a: [g["State"] for g in gateways(a)], "NatGateway/b2bcredit-nat-2", {}, "create"),
    Drift("route into the void", nothing, lambda a: exits(a, "b2bcredit-private-2"), "RouteTable/b2bcredit-private-2",
          {"routes": (only_exit("${NatGateway/b2bcredit-nat-2}"), only_exit(dead_gateway))}),
    Drift("tag changed", retag, vpc_tags, "VPC/b2bcredit-vpc", {"tags.environment": ("production", "test")}),
    Drift("tag removed", untag, lambda a: pairs(a.subnet("b2bcredit-public-1")["Tags"]), "Subnet/b2bcredit-public-1",
          {"tags.system": ("b2bcredit", None)}),
)  # fmt: skip
EDGE = (
    Drift("alias repointed", repoint, alias, "RecordSet/api",
          {"aliasTarget.dnsName": (lambda a: a.balancer(ALB)["DNSName"], f"{ELSEWHERE}.")}),
    Drift("firewall rule removed", drop_rule, rules, f"WebACL/{ACL}", {"rules[common]": (COMMON, None)}),
    Drift("firewall rule added", add_rule, rules, f"WebACL/{ACL}", {"rules[friends]": (None, FRIENDS)}),
    Drift("idle timeout", lambda a: set_attribute(a, "balancer", IDLE, "4000"), lambda a: attribute(a, "balancer", IDLE),
          f"LoadBalancer/{ALB}", {f"attributes.{IDLE}": ("60", "4000")}),
    Drift("draining", lambda a: set_attribute(a, "group", DRAINING, "0"), lambda a: attribute(a, "group", DRAINING),
          f"TargetGroup/{TG}", {f"attributes.{DRAINING}": ("30", "0")}),
    Drift("health path", wrong_health, lambda a: a.target_group(TG)["HealthCheckPath"], f"TargetGroup/{TG}",
          {"healthCheckPath": ("/api/health", "/")}),
    Drift("TLS policy", lambda a: modify_listener(a, SslPolicy=OLD), lambda a: listener(a)["SslPolicy"], "Listener/b2bcredit-https",
          {"sslPolicy": ("ELBSecurityPolicy-TLS13-1-2-2021-06", OLD)}),
    Drift("certificate", other_certificate, certificates, "Listener/b2bcredit-https",
          {"certificates[0].certificateArn": (lambda a: certificate_arn(a, f"api.{a.domain}"), lambda a: certificate_arn(a, f"*.{a.domain}"))}),
    Drift("default action", lambda a: modify_listener(a, DefaultActions=[FIXED]), lambda a: listener(a)["DefaultActions"], "Listener/b2bcredit-https",
          {"defaultActions[0].type": ("forward", "fixed-response"), "defaultActions[0].forwardConfig": (forwarding, None)}),
    Drift("extra listener rule", extra_rule, listener_rules, "Listener/b2bcredit-https", {"rules[10 path-pattern /admin/*]": (None, stray)}),
)  # fmt: skip
