"""The register: every kind, by name. A kind that is not here does not exist."""

from __future__ import annotations

from ..kind import Kind
from .acm.certificate import Certificate
from .application_autoscaling.scalable_target import ScalableTarget
from .backup.backup_plan import BackupPlan
from .backup.backup_vault import BackupVault
from .budgets.budget import Budget
from .ce.anomaly_monitor import AnomalyMonitor
from .cloudfront.distribution import Distribution
from .cloudfront.origin_access_control import OriginAccessControl
from .cloudwatch.alarm import Alarm
from .cloudwatch.dashboard import Dashboard
from .ec2.eip import EIP
from .ec2.flow_log import FlowLog
from .ec2.internet_gateway import InternetGateway
from .ec2.nat_gateway import NatGateway
from .ec2.network_acl import NetworkAcl
from .ec2.route_table import RouteTable
from .ec2.security_group import SecurityGroup
from .ec2.subnet import Subnet
from .ec2.vpc import VPC
from .ec2.vpc_endpoint import VPCEndpoint
from .ecr.repository import Repository
from .ecs.cluster import ECSCluster
from .ecs.service import ECSService
from .ecs.task_definition import TaskDefinition
from .elasticache.cache_parameter_group import CacheParameterGroup
from .elasticache.cache_subnet_group import CacheSubnetGroup
from .elasticache.replication_group import ReplicationGroup
from .elbv2.listener import Listener
from .elbv2.listener_rule import ListenerRule
from .elbv2.load_balancer import LoadBalancer
from .elbv2.target_group import TargetGroup
from .iam.oidc_provider import OIDCProvider
from .iam.policy import Policy
from .iam.role import Role
from .kms.key import Key
from .logs.log_group import LogGroup
from .logs.metric_filter import MetricFilter
from .logs.query_definition import QueryDefinition
from .rds.db_instance import DBInstance
from .rds.db_parameter_group import DBParameterGroup
from .rds.db_subnet_group import DBSubnetGroup
from .route53.health_check import HealthCheck
from .route53.hosted_zone import HostedZone
from .route53.record_set import RecordSet
from .s3.bucket import Bucket
from .scheduler.schedule import Schedule
from .secretsmanager.secret import Secret
from .sns.topic import Topic
from .wafv2.web_acl import WebACL

KINDS: dict[str, Kind] = {
    kind.__name__: kind()
    for kind in (
        VPC, Subnet, InternetGateway, EIP, NatGateway, RouteTable, SecurityGroup, NetworkAcl, VPCEndpoint, FlowLog,
        Role, Policy, OIDCProvider, Key, Secret,
        LoadBalancer, TargetGroup, Listener, ListenerRule,
        Repository, ECSCluster, TaskDefinition, ECSService, ScalableTarget,
        DBSubnetGroup, DBParameterGroup, DBInstance, BackupVault, BackupPlan,
        CacheSubnetGroup, CacheParameterGroup, ReplicationGroup,
        HostedZone, RecordSet, HealthCheck, Certificate,
        Bucket, Distribution, OriginAccessControl, WebACL,
        LogGroup, MetricFilter, QueryDefinition, Alarm, Dashboard, Topic,
        Schedule, Budget, AnomalyMonitor,
    )
}  # fmt: skip
