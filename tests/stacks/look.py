"""What "somebody else" sees of an environment through boto3: answers of AWS in AWS's own spelling, by name."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from tests.support import Lab


def pairs(listed: list[dict[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """The map that a list of pairs stands for."""
    return {item[key]: item[value] for item in listed}


class Look:
    """One environment: every name bears its suffix."""

    def __init__(self, lab: Lab, suffix: str, domain: str, bucket: str) -> None:
        self.lab, self.suffix, self.domain, self.bucket = lab, suffix, domain, bucket

    def name(self, name: str) -> str:
        return name + self.suffix

    def ec2(self, operation: str, items: str, name: str) -> dict[str, Any]:
        """The one object with a ``Name`` tag that is not gone."""
        answer = getattr(self.lab.client("ec2"), operation)(
            **{"Filter" if items == "NatGateways" else "Filters": [{"Name": "tag:Name", "Values": [self.name(name)]}]}
        )
        (found,) = (one for one in answer[items] if one.get("State") != "deleted")
        return dict(found)

    def subnet(self, name: str) -> dict[str, Any]:
        return self.ec2("describe_subnets", "Subnets", name)

    def nat(self, name: str) -> dict[str, Any]:
        return self.ec2("describe_nat_gateways", "NatGateways", name)

    def names_of_subnets(self, ids: list[str]) -> list[str]:
        """The names, without the suffix, of subnets."""
        found = self.lab.client("ec2").describe_subnets(SubnetIds=sorted(ids))["Subnets"]
        return sorted(pairs(one["Tags"])["Name"].removesuffix(self.suffix) for one in found)

    def group(self, name: str) -> dict[str, Any]:
        return self.ec2("describe_security_groups", "SecurityGroups", name)

    def name_of_group(self, identity: str) -> str:
        (found,) = self.lab.client("ec2").describe_security_groups(GroupIds=[identity])["SecurityGroups"]
        return str(found["GroupName"]).removesuffix(self.suffix)

    def entrances(self, name: str) -> list[str]:
        """What a group lets in, as ``tcp 443 from 0.0.0.0/0``."""
        told = []
        for one in self.group(name)["IpPermissions"]:
            peers = [r["CidrIp"] for r in one["IpRanges"]] + [
                self.name_of_group(g["GroupId"]) for g in one["UserIdGroupPairs"]
            ]
            told += [f"{one['IpProtocol']} {one['FromPort']}-{one['ToPort']} from {peer}" for peer in peers]
        return sorted(told)

    def exit(self, subnet: str) -> dict[str, Any]:
        """The default route of the table that a subnet uses."""
        filters = [{"Name": "association.subnet-id", "Values": [self.subnet(subnet)["SubnetId"]]}]
        (table,) = self.lab.client("ec2").describe_route_tables(Filters=filters)["RouteTables"]
        (route,) = (one for one in table["Routes"] if one.get("DestinationCidrBlock") == "0.0.0.0/0")
        return dict(route)

    def gateway(self, subnet: str) -> dict[str, Any]:
        """The NAT gateway behind a subnet."""
        identity = self.exit(subnet)["NatGatewayId"]
        (found,) = self.lab.client("ec2").describe_nat_gateways(NatGatewayIds=[identity])["NatGateways"]
        return dict(found)

    def database(self, name: str) -> dict[str, Any]:
        (found,) = self.lab.client("rds").describe_db_instances(DBInstanceIdentifier=self.name(name))["DBInstances"]
        return dict(found)

    def secret(self, name: str) -> Any:
        """The value of a secret; parsed if it is JSON."""
        text = self.lab.client("secretsmanager").get_secret_value(SecretId=self.name(name))["SecretString"]
        return json.loads(text) if text.startswith("{") else text

    def secret_arn(self, name: str) -> str:
        return str(self.lab.client("secretsmanager").describe_secret(SecretId=self.name(name))["ARN"])

    def repository(self, name: str) -> dict[str, Any]:
        (found,) = self.lab.client("ecr").describe_repositories(repositoryNames=[self.name(name)])["repositories"]
        return dict(found)

    def expiry(self, name: str) -> list[dict[str, Any]]:
        answer = self.lab.client("ecr").get_lifecycle_policy(repositoryName=self.name(name))
        return list(json.loads(answer["lifecyclePolicyText"])["rules"])

    def balancer(self, name: str) -> dict[str, Any]:
        (found,) = self.lab.client("elbv2").describe_load_balancers(Names=[self.name(name)])["LoadBalancers"]
        return dict(found)

    def target_group(self, name: str) -> dict[str, Any]:
        (found,) = self.lab.client("elbv2").describe_target_groups(Names=[self.name(name)])["TargetGroups"]
        return dict(found)

    def listener(self, balancer: str, port: int) -> dict[str, Any]:
        arn = self.balancer(balancer)["LoadBalancerArn"]
        listed = self.lab.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
        (found,) = (one for one in listed if one["Port"] == port)
        return dict(found)

    def certificate(self, domain: str) -> dict[str, Any]:
        acm = self.lab.client("acm")
        (arn,) = (
            c["CertificateArn"] for c in acm.list_certificates()["CertificateSummaryList"] if c["DomainName"] == domain
        )
        return dict(acm.describe_certificate(CertificateArn=arn)["Certificate"])

    def role(self, name: str) -> dict[str, Any]:
        return dict(self.lab.client("iam").get_role(RoleName=self.name(name))["Role"])

    def managed(self, name: str) -> list[str]:
        answer = self.lab.client("iam").list_attached_role_policies(RoleName=self.name(name))
        return sorted(one["PolicyName"] for one in answer["AttachedPolicies"])

    def allowed(self, name: str) -> list[tuple[str, str]]:
        """What the inline policies of a role allow: (action, resource)."""
        iam, found = self.lab.client("iam"), set()
        for policy in iam.list_role_policies(RoleName=self.name(name))["PolicyNames"]:
            document = iam.get_role_policy(RoleName=self.name(name), PolicyName=policy)["PolicyDocument"]
            for one in listed(document["Statement"]):
                found |= {(action, to) for action in listed(one["Action"]) for to in listed(one["Resource"])}
        return sorted(found)

    def task(self, family: str) -> dict[str, Any]:
        return dict(self.lab.client("ecs").describe_task_definition(taskDefinition=self.name(family))["taskDefinition"])

    def service(self, cluster: str, name: str) -> dict[str, Any]:
        answer = self.lab.client("ecs").describe_services(cluster=self.name(cluster), services=[self.name(name)])
        (found,) = answer["services"]
        return dict(found)

    def scaling(self, cluster: str, name: str) -> dict[str, Any]:
        """Bounds and the one policy of a service's scalable target."""
        scaling, what = self.lab.client("application-autoscaling"), f"service/{self.name(cluster)}/{self.name(name)}"
        (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[what])["ScalableTargets"]
        (policy,) = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=what)["ScalingPolicies"]
        return {**target, **policy["TargetTrackingScalingPolicyConfiguration"]}

    @cached_property
    def records(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The records of the zone by name (without the last dot) and type."""
        dns = self.lab.client("route53")
        (zone,) = (z for z in dns.list_hosted_zones()["HostedZones"] if z["Name"] == f"{self.domain}.")
        listed = dns.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        return {(r["Name"].rstrip(".").replace("\\052", "*"), r["Type"]): r for r in listed}

    def alarm(self, name: str) -> dict[str, Any]:
        (found,) = self.lab.client("cloudwatch").describe_alarms(AlarmNames=[self.name(name)])["MetricAlarms"]
        return dict(found)

    def charts(self, name: str) -> list[list[str]]:
        """The metrics of each widget of a dashboard, the dots of its notation resolved."""
        body = self.lab.client("cloudwatch").get_dashboard(DashboardName=self.name(name))["DashboardBody"]
        return [sorted(row[1] for row in widget["properties"]["metrics"]) for widget in json.loads(body)["widgets"]]

    def subscriptions(self, topic_arn: str) -> list[tuple[str, str]]:
        answer = self.lab.client("sns").list_subscriptions_by_topic(TopicArn=topic_arn)
        return [(one["Protocol"], one["Endpoint"]) for one in answer["Subscriptions"]]

    def retention(self, group: str) -> int:
        answer = self.lab.client("logs").describe_log_groups(logGroupNamePrefix=group)
        (found,) = (one for one in answer["logGroups"] if one["logGroupName"] == group)
        return int(found["retentionInDays"])

    def distributions(self) -> list[dict[str, Any]]:
        """The distributions that answer for names of the domain."""
        listed_ = self.lab.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
        return [one for one in listed_ if any(a.endswith(f".{self.domain}") for a in one["Aliases"].get("Items", []))]


def listed(value: Any) -> list[Any]:
    """A list, also where IAM allows a single item."""
    return list(value) if isinstance(value, list) else [value]
