"""The tagging API: which resources it knows."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, network

TAGS = [{"Key": "owner", "Value": "us"}]


def tagged(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": TAGS}]


def found(aws: Aws, region: str = "us-east-1", **filters: Any) -> list[str]:
    pages = aws.client("resourcegroupstaggingapi", region).get_paginator("get_resources").paginate(**filters)
    return [one["ResourceARN"] for page in pages for one in page["ResourceTagMappingList"]]


@check("elastic addresses are known")
def _(aws: Aws) -> bool:
    aws.client("ec2").allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))
    return any(":elastic-ip/eipalloc-" in arn for arn in found(aws))


@check("listeners and rules are known")
def _(aws: Aws) -> bool:
    net, elbv2 = network(aws), aws.client("elbv2")
    lb = elbv2.create_load_balancer(Name="lb", Subnets=net.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    on = elbv2.create_listener(LoadBalancerArn=lb, Protocol="HTTP", Port=80, DefaultActions=answer, Tags=TAGS)
    elbv2.create_rule(
        ListenerArn=on["Listeners"][0]["ListenerArn"],
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/a"]}],
        Actions=answer,
        Tags=TAGS,
    )
    kinds = sorted(arn.split(":")[5].split("/")[0] for arn in found(aws))
    return kinds == ["listener", "listener-rule"]


@check("ECR repositories are known")
def _(aws: Aws) -> bool:
    made = aws.client("ecr").create_repository(repositoryName="app", tags=TAGS)["repository"]
    return found(aws) == [made["repositoryArn"]]


@check("subnet groups and parameter groups of RDS are known")
def _(aws: Aws) -> bool:
    net, rds = network(aws), aws.client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="d", SubnetIds=net.subnets, Tags=TAGS)
    rds.create_db_parameter_group(
        DBParameterGroupName="p", DBParameterGroupFamily="postgres15", Description="d", Tags=TAGS
    )
    return sorted(arn.split(":")[5] for arn in found(aws)) == ["pg", "subgrp"]


@check("hosted zones are known, in us-east-1")
def _(aws: Aws) -> bool:
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="r")["HostedZone"]["Id"].rpartition("/")[2]
    route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=TAGS)
    return found(aws) == [f"arn:aws:route53:::hostedzone/{zone}"] and not found(aws, "eu-west-1")


@check("buckets are known in their own region")
def _(aws: Aws) -> bool:
    s3 = aws.client("s3", "eu-west-1")
    s3.create_bucket(Bucket="our-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_tagging(Bucket="our-bucket", Tagging={"TagSet": TAGS})
    return found(aws, "eu-west-1") == ["arn:aws:s3:::our-bucket"] and not found(aws)


@check("web ACLs are known, those of CloudFront in us-east-1")
def _(aws: Aws) -> bool:
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    for scope in ("REGIONAL", "CLOUDFRONT"):
        aws.client("wafv2").create_web_acl(
            Name=scope.lower(), Scope=scope, DefaultAction={"Allow": {}}, VisibilityConfig=visible, Tags=TAGS
        )
    return sorted(arn.split(":")[5].split("/")[0] for arn in found(aws)) == ["global", "regional"]


@check("a log group is found by its type")
def _(aws: Aws) -> bool:
    aws.client("logs").create_log_group(logGroupName="/app", tags={"owner": "us"})
    return found(aws, ResourceTypeFilters=["logs:log-group"]) == ["arn:aws:logs:us-east-1:123456789012:log-group:/app"]


@check("inactive revisions of task definitions are left out")
def _(aws: Aws) -> bool:
    ecs = aws.client("ecs")
    containers = [{"name": "app", "image": "app", "memory": 128}]
    for _turn in "12":
        made = ecs.register_task_definition(
            family="app", containerDefinitions=containers, tags=[{"key": "owner", "value": "us"}]
        )
    ecs.deregister_task_definition(taskDefinition=made["taskDefinition"]["taskDefinitionArn"])
    return [arn.rpartition("/")[2] for arn in found(aws)] == ["app:1"]


@check("untagged load balancers are left out")
def _(aws: Aws) -> bool:
    net, elbv2 = network(aws), aws.client("elbv2")
    elbv2.create_load_balancer(Name="lb", Subnets=net.subnets)
    return not found(aws)


@check("dashboards are known")
def _(aws: Aws) -> bool:
    aws.client("cloudwatch").put_dashboard(DashboardName="ours", DashboardBody='{"widgets": []}', Tags=TAGS)
    return found(aws) == ["arn:aws:cloudwatch::123456789012:dashboard/ours"]


@check("scalable targets are known")
def _(aws: Aws) -> bool:
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="c")
    containers = [{"name": "app", "image": "app", "memory": 128}]
    ecs.register_task_definition(family="app", containerDefinitions=containers)
    ecs.create_service(cluster="c", serviceName="s", taskDefinition="app", desiredCount=1)
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/c/s",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"owner": "us"},
    )
    return [arn.split(":")[2] for arn in found(aws)] == ["application-autoscaling"]


@check("the index knows identity providers")
def _(aws: Aws) -> bool:
    made = aws.client("iam").create_open_id_connect_provider(
        Url="https://ci.example.com", ThumbprintList=["0" * 40], Tags=[{"Key": "team", "Value": "one"}]
    )
    found = aws.client("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "team"}])["ResourceTagMappingList"]
    return [one["ResourceARN"] for one in found] == [made["OpenIDConnectProviderArn"]]
