"""CloudFormation's words for a resource in ours.

The rule is general: a property is the API's own field, spelled by the one rule, and its inside follows the types of
the kind. What is left are words that CloudFormation has for itself (``NAMES``) and shapes of its own (``shapes``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.aws.spelling import lower_camel
from reconciler.kind import Kind
from reconciler.types import Document, ListOf, MapOf, Struct, Type
from tests.corpus.shapes import SHAPES

TYPES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "ScalableTarget",
    "AWS::Backup::BackupPlan": "BackupPlan",
    "AWS::Backup::BackupSelection": "BackupPlan",
    "AWS::Backup::BackupVault": "BackupVault",
    "AWS::Budgets::Budget": "Budget",
    "AWS::CE::AnomalyMonitor": "AnomalyMonitor",
    "AWS::CertificateManager::Certificate": "Certificate",
    "AWS::CloudFront::Distribution": "Distribution",
    "AWS::CloudFront::OriginAccessControl": "OriginAccessControl",
    "AWS::CloudWatch::Alarm": "Alarm",
    "AWS::CloudWatch::Dashboard": "Dashboard",
    "AWS::EC2::EIP": "EIP",
    "AWS::EC2::FlowLog": "FlowLog",
    "AWS::EC2::InternetGateway": "InternetGateway",
    "AWS::EC2::NatGateway": "NatGateway",
    "AWS::EC2::NetworkAcl": "NetworkAcl",
    "AWS::EC2::NetworkAclEntry": "NetworkAcl",
    "AWS::EC2::Route": "RouteTable",
    "AWS::EC2::RouteTable": "RouteTable",
    "AWS::EC2::SecurityGroup": "SecurityGroup",
    "AWS::EC2::Subnet": "Subnet",
    "AWS::EC2::VPC": "VPC",
    "AWS::EC2::VPCEndpoint": "VPCEndpoint",
    "AWS::ECR::Repository": "Repository",
    "AWS::ECS::Cluster": "ECSCluster",
    "AWS::ECS::Service": "ECSService",
    "AWS::ECS::TaskDefinition": "TaskDefinition",
    "AWS::ElastiCache::ParameterGroup": "CacheParameterGroup",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroup",
    "AWS::ElasticLoadBalancingV2::Listener": "Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "TargetGroup",
    "AWS::IAM::ManagedPolicy": "Policy",
    "AWS::IAM::OIDCProvider": "OIDCProvider",
    "AWS::IAM::Role": "Role",
    "AWS::KMS::Key": "Key",
    "AWS::Logs::LogGroup": "LogGroup",
    "AWS::Logs::MetricFilter": "MetricFilter",
    "AWS::Logs::QueryDefinition": "QueryDefinition",
    "AWS::RDS::DBInstance": "DBInstance",
    "AWS::RDS::DBParameterGroup": "DBParameterGroup",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroup",
    "AWS::Route53::HealthCheck": "HealthCheck",
    "AWS::Route53::HostedZone": "HostedZone",
    "AWS::Route53::RecordSet": "RecordSet",
    "AWS::S3::Bucket": "Bucket",
    "AWS::SNS::Subscription": "Topic",
    "AWS::SNS::Topic": "Topic",
    "AWS::Scheduler::Schedule": "Schedule",
    "AWS::SecretsManager::Secret": "Secret",
    "AWS::WAFv2::WebACL": "WebACL",
}
"""CloudFormation's type → our kind."""
NAMES: Mapping[str, Mapping[str, str]] = {
    "BackupVault": {"BackupVaultTags": "tags"},
    "BackupPlan": {"BackupPlanTags": "tags"},
    "Bucket": {
        "BucketName": "bucket",
        "BucketEncryption": "serverSideEncryptionConfiguration",
        "LoggingConfiguration": "bucketLoggingStatus",
        "ObjectLockEnabled": "objectLockEnabledForBucket",
    },
    "CacheParameterGroup": {"Properties": "parameters"},
    "CacheSubnetGroup": {"Description": "cacheSubnetGroupDescription"},
    "DBInstance": {"VPCSecurityGroups": "vpcSecurityGroupIds"},
    "DBParameterGroup": {"Family": "dbParameterGroupFamily"},
    "ECSCluster": {"ClusterSettings": "settings"},
    "ECSService": {"PlacementStrategies": "placementStrategy"},
    "HealthCheck": {"HealthCheckTags": "tags"},
    "HostedZone": {"HostedZoneTags": "tags", "VPCs": "vpcs"},
    "Key": {"KeyPolicy": "policy"},
    "LoadBalancer": {"LoadBalancerAttributes": "attributes"},
    "Policy": {"ManagedPolicyName": "policyName"},
    "Repository": {"RepositoryPolicyText": "repositoryPolicy"},
    "SecurityGroup": {
        "GroupDescription": "description",
        "SecurityGroupIngress": "ingress",
        "SecurityGroupEgress": "egress",
    },
    "TargetGroup": {"TargetGroupAttributes": "attributes"},
    "Topic": {"TopicName": "name"},
}
"""Kind → CloudFormation's word for one of its fields."""


def field_of(kind: Kind, said: str) -> str:
    """Return the field that a property stands for; empty if the kind has no such field."""
    own = NAMES.get(kind.name, {}).get(said, lower_camel(said))
    return own if own in kind.fields else {n.casefold(): n for n in kind.fields}.get(own.casefold(), "")


def fields(kind: Kind, kind_of: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that the kind knows, by field, as the API has their values."""
    shaped = SHAPES[kind_of](properties) if kind_of in SHAPES else properties
    known = {field_of(kind, said): value for said, value in shaped.items() if value is not None}
    return {name: spelled(kind.fields[name].type, value) for name, value in known.items() if name}


def spelled(kind: Type, value: Any) -> Any:
    """Return a value with the API's names in our spelling, wherever the type has names of its own."""
    if isinstance(kind, Struct) and isinstance(value, Mapping):
        inner = {said: _part(kind, said) for said in value}
        return {inner[said]: spelled(kind.parts.get(inner[said], Type()), v) for said, v in value.items()}
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [spelled(kind.item, item) for item in value]
    if isinstance(kind, MapOf) and isinstance(value, Mapping):
        return {name: spelled(kind.value, inner) for name, inner in value.items()}
    if isinstance(kind, MapOf) and isinstance(value, list):
        told = [{lower_camel(said): inner for said, inner in pair.items()} for pair in value]
        return told if kind.pair else {pair["key"]: pair.get("value", "") for pair in told}
    if isinstance(kind, Document) and isinstance(kind.encode({}), str):
        # A document of JSON: its names are nobody's to change.
        return value
    return _lowered(value)


def _part(kind: Struct, said: str) -> str:
    own = lower_camel(said)
    return own if own in kind.parts else {n.casefold(): n for n in kind.parts}.get(own.casefold(), own)


def _lowered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {lower_camel(said): _lowered(inner) for said, inner in value.items()}
    return [_lowered(inner) for inner in value] if isinstance(value, list) else value
