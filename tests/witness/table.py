"""What Terraform calls our kinds, what it needs to find one, and which of its attributes says what our fields say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as data
from typing import Any

from reconciler.kind import Live
from tests.witness.shapes import Values, actions, containers, parameters, policy, routes, rules, tracked

TAGS = {"tags": "tags"}


def by_id(live: Live) -> dict[str, Any]:
    """An id is enough."""
    return {"id": live.id}


def by_name(name: str) -> Callable[[Live], dict[str, Any]]:
    """Its name is its id, and an attribute besides."""
    return lambda live: {"id": live.name, name: live.name}


@dataclass(frozen=True)
class Witness:
    """How Terraform sees a kind: ``pairs`` are (path in our spec → path in its attributes)."""

    type: str
    pairs: Mapping[str, str]
    identity: Callable[[Live], Mapping[str, Any]] = by_id
    shapes: Mapping[str, Callable[[Values], Any]] = data(default_factory=dict)
    """A field of ours → what says the same, where Terraform has another shape for it."""


def _service(live: Live) -> dict[str, Any]:
    return {"id": live.raw["serviceArn"], "name": live.name, "cluster": live.raw["clusterArn"]}


def _record(live: Live) -> dict[str, Any]:
    zone, name, kind = live.spec["hostedZoneId"], live.spec["name"], live.spec["type"]
    return {"id": f"{zone}_{name}_{kind}", "zone_id": zone, "name": name, "type": kind}


def _target(live: Live) -> dict[str, Any]:
    said = {
        "service_namespace": "serviceNamespace",
        "resource_id": "resourceId",
        "scalable_dimension": "scalableDimension",
    }
    return {"id": live.spec["resourceId"], **{its: live.spec[ours] for its, ours in said.items()}}


def _task(live: Live) -> dict[str, Any]:
    return {"id": live.name, "family": live.name, "arn": live.arn, "skip_destroy": False}


def _policy(live: Live) -> dict[str, Any]:
    return {**_target(live), "id": "cpu", "name": "cpu"}


def _acl(live: Live) -> dict[str, Any]:
    return {"id": live.id, "name": live.name, "scope": live.spec["scope"]}


def same(*names: str) -> dict[str, str]:
    """Return fields that Terraform spells in its own way by one rule: ``cidrBlock`` is ``cidr_block``."""
    return {name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name) for name in names}


AWSVPC = "networkConfiguration.awsvpcConfiguration"
TABLE: Mapping[str, Witness] = {
    "VPC": Witness("aws_vpc", same("cidrBlock", "instanceTenancy", "enableDnsSupport", "enableDnsHostnames") | TAGS),
    "Subnet": Witness("aws_subnet", same("vpcId", "cidrBlock", "availabilityZone", "mapPublicIpOnLaunch") | TAGS),
    "InternetGateway": Witness("aws_internet_gateway", same("vpcId") | TAGS),
    "EIP": Witness("aws_eip", same("domain") | TAGS),
    "NatGateway": Witness("aws_nat_gateway", same("subnetId", "allocationId", "connectivityType") | TAGS),
    "RouteTable": Witness("aws_route_table", same("vpcId") | TAGS, shapes={"routes": routes}),
    "SecurityGroup": Witness(
        "aws_security_group", {**same("description", "vpcId"), "groupName": "name"} | TAGS,
        shapes={"ingress": rules("ingress"), "egress": rules("egress")},
    ),
    "Role": Witness(
        "aws_iam_role",
        {"assumeRolePolicyDocument": "assume_role_policy", "managedPolicyArns": "managed_policy_arns",
         **same("description", "maxSessionDuration", "path"), "permissionsBoundary": "permissions_boundary"} | TAGS,
        by_name("name"),
        {"policies": lambda told: {one["name"]: json.loads(one["policy"]) for one in told["inline_policy"]}},
    ),
    "Key": Witness("aws_kms_key", same("description", "enableKeyRotation", "policy") | TAGS),
    "Secret": Witness("aws_secretsmanager_secret", same("name", "description") | TAGS),
    "Repository": Witness(
        "aws_ecr_repository",
        {"imageTagMutability": "image_tag_mutability",
         "imageScanningConfiguration.scanOnPush": "image_scanning_configuration.0.scan_on_push",
         "encryptionConfiguration.encryptionType": "encryption_configuration.0.encryption_type"} | TAGS,
        by_name("name"),
    ),
    "LogGroup": Witness(
        "aws_cloudwatch_log_group", same("retentionInDays", "kmsKeyId", "logGroupClass") | TAGS, by_name("name")
    ),
    "ECSCluster": Witness(
        "aws_ecs_cluster", {"settings.containerInsights": "setting.0.value"} | TAGS, lambda live: {"id": live.arn}
    ),
    "TaskDefinition": Witness(
        "aws_ecs_task_definition",
        {**same("family", "cpu", "memory", "networkMode", "requiresCompatibilities", "executionRoleArn", "taskRoleArn"),
         "runtimePlatform.cpuArchitecture": "runtime_platform.0.cpu_architecture"} | TAGS,
        _task,
        {"containerDefinitions": containers},
    ),
    "ECSService": Witness(
        "aws_ecs_service",
        {**same("taskDefinition", "launchType", "schedulingStrategy", "healthCheckGracePeriodSeconds", "propagateTags",
                "enableExecuteCommand", "availabilityZoneRebalancing"), "enableECSManagedTags": "enable_ecs_managed_tags",
         "cluster": "cluster",
         f"{AWSVPC}.subnets": "network_configuration.0.subnets",
         f"{AWSVPC}.securityGroups": "network_configuration.0.security_groups",
         "deploymentConfiguration.maximumPercent": "deployment_maximum_percent",
         "deploymentConfiguration.minimumHealthyPercent": "deployment_minimum_healthy_percent",
         "deploymentConfiguration.deploymentCircuitBreaker.rollback": "deployment_circuit_breaker.0.rollback",
         "deploymentConfiguration.deploymentCircuitBreaker.enable": "deployment_circuit_breaker.0.enable"} | TAGS,
        _service,
    ),
    "ScalableTarget": Witness(
        "aws_appautoscaling_target",
        same("minCapacity", "maxCapacity", "resourceId", "scalableDimension", "serviceNamespace"), _target,
    ),
    "LoadBalancer": Witness(
        "aws_lb",
        {**same("name", "ipAddressType", "subnets", "securityGroups"), "type": "load_balancer_type",
         "attributes.idle_timeout.timeout_seconds": "idle_timeout",
         "attributes.routing.http.drop_invalid_header_fields.enabled": "drop_invalid_header_fields",
         "attributes.deletion_protection.enabled": "enable_deletion_protection"} | TAGS,
    ),
    "TargetGroup": Witness(
        "aws_lb_target_group",
        {**same("name", "port", "protocol", "vpcId", "targetType", "protocolVersion"),
         "healthCheckPath": "health_check.0.path", "healthCheckIntervalSeconds": "health_check.0.interval",
         "healthCheckTimeoutSeconds": "health_check.0.timeout", "healthyThresholdCount": "health_check.0.healthy_threshold",
         "unhealthyThresholdCount": "health_check.0.unhealthy_threshold", "matcher.httpCode": "health_check.0.matcher",
         "attributes.deregistration_delay.timeout_seconds": "deregistration_delay"} | TAGS,
    ),
    "Listener": Witness(
        "aws_lb_listener", same("loadBalancerArn", "port", "protocol", "sslPolicy") | TAGS,
        shapes={"defaultActions": actions},
    ),
    "DBSubnetGroup": Witness(
        "aws_db_subnet_group", {"dbSubnetGroupDescription": "description", "subnetIds": "subnet_ids"} | TAGS,
        by_name("name"),
    ),
    "DBParameterGroup": Witness(
        "aws_db_parameter_group", {"dbParameterGroupFamily": "family", "description": "description"} | TAGS,
        by_name("name"),
        {"parameters": parameters},
    ),
    "DBInstance": Witness(
        "aws_db_instance",
        {"dbInstanceIdentifier": "identifier", "dbInstanceClass": "instance_class", "dbName": "db_name",
         "engine": "engine", "engineVersion": "engine_version_actual", "masterUsername": "username",
         "dbSubnetGroupName": "db_subnet_group_name", "dbParameterGroupName": "parameter_group_name",
         "multiAZ": "multi_az", "preferredBackupWindow": "backup_window",
         "preferredMaintenanceWindow": "maintenance_window", "enablePerformanceInsights": "performance_insights_enabled",
         "enableCloudwatchLogsExports": "enabled_cloudwatch_logs_exports",
         **same("allocatedStorage", "maxAllocatedStorage", "storageType", "storageEncrypted", "backupRetentionPeriod",
                "deletionProtection", "copyTagsToSnapshot", "publiclyAccessible", "autoMinorVersionUpgrade",
                "vpcSecurityGroupIds", "kmsKeyId", "monitoringInterval")} | TAGS,
        lambda live: {"id": live.raw["dbiResourceId"], "identifier": live.id},
    ),
    "Certificate": Witness(
        "aws_acm_certificate", same("domainName", "validationMethod", "keyAlgorithm") | TAGS,
    ),
    "HostedZone": Witness(
        "aws_route53_zone", {"name": "name", "hostedZoneConfig.comment": "comment"} | TAGS,
    ),
    "RecordSet": Witness(
        "aws_route53_record",
        {"name": "fqdn", "type": "type", "ttl": "ttl", "resourceRecords": "records",
         "aliasTarget.dnsName": "alias.0.name", "aliasTarget.hostedZoneId": "alias.0.zone_id",
         "aliasTarget.evaluateTargetHealth": "alias.0.evaluate_target_health"},
        _record,
    ),
    "Bucket": Witness("aws_s3_bucket", {"bucket": "bucket"} | TAGS, by_name("bucket")),
    "Distribution": Witness(
        "aws_cloudfront_distribution",
        {f"distributionConfig.{ours}": its for ours, its in {
            **same("aliases", "comment", "enabled", "httpVersion", "priceClass", "defaultRootObject"),
            "webACLId": "web_acl_id", "isIPV6Enabled": "is_ipv6_enabled",
            "defaultCacheBehavior.targetOriginId": "default_cache_behavior.0.target_origin_id",
            "defaultCacheBehavior.viewerProtocolPolicy": "default_cache_behavior.0.viewer_protocol_policy",
            "defaultCacheBehavior.cachePolicyId": "default_cache_behavior.0.cache_policy_id",
            "defaultCacheBehavior.allowedMethods.items": "default_cache_behavior.0.allowed_methods",
            "viewerCertificate.acmCertificateArn": "viewer_certificate.0.acm_certificate_arn",
            "viewerCertificate.minimumProtocolVersion": "viewer_certificate.0.minimum_protocol_version",
        }.items()} | TAGS,
    ),
    "OriginAccessControl": Witness(
        "aws_cloudfront_origin_access_control",
        {f"originAccessControlConfig.{ours}": its for ours, its in {
            **same("signingProtocol", "signingBehavior"), "originAccessControlOriginType": "origin_access_control_origin_type",
        }.items()},
    ),
    "WebACL": Witness(
        "aws_wafv2_web_acl",
        {**same("name", "scope", "description"), "visibilityConfig.metricName": "visibility_config.0.metric_name"} | TAGS,
        _acl,
    ),
    "Alarm": Witness(
        "aws_cloudwatch_metric_alarm",
        same("alarmName", "alarmDescription", "alarmActions", "okActions", "metricName", "namespace", "dimensions",
             "statistic", "period", "evaluationPeriods", "threshold", "comparisonOperator", "treatMissingData") | TAGS,
    ),
    "Dashboard": Witness("aws_cloudwatch_dashboard", same("dashboardBody"), by_name("dashboard_name")),
    "Topic": Witness("aws_sns_topic", same("name", "displayName") | TAGS),
}  # fmt: skip


SATELLITES: Mapping[str, tuple[Witness, ...]] = {
    "Bucket": (
        Witness("aws_s3_bucket_versioning", {"versioningConfiguration.status": "versioning_configuration.0.status"}, by_name("bucket")),
        Witness(
            "aws_s3_bucket_public_access_block",
            {f"publicAccessBlockConfiguration.{ours}": its for ours, its in same(
                "blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets").items()},
            by_name("bucket"),
        ),
        Witness("aws_s3_bucket_policy", {}, by_name("bucket"), {"policy": policy("policy")}),
        Witness(
            "aws_s3_bucket_ownership_controls", {}, by_name("bucket"),
            {"ownershipControls": lambda told: {"rules": [{"objectOwnership": told["rule"][0]["object_ownership"]}]}},
        ),
    ),
    "Repository": (
        Witness(
            "aws_ecr_lifecycle_policy", {}, lambda live: {"id": live.name, "repository": live.name},
            {"lifecyclePolicy": policy("policy")},
        ),
    ),
    "ScalableTarget": (
        Witness("aws_appautoscaling_policy", {}, _policy, {"scalingPolicies": tracked}),
    ),
}  # fmt: skip
"""What is part of its owner here, and a resource by itself there."""
