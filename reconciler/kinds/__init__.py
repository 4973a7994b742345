"""The register: every kind, by name. A kind that is not here does not exist."""

from __future__ import annotations

from ..kind import Kind
from .acm.certificate import Certificate
from .application_autoscaling.scalable_target import ScalableTarget
from .cloudfront.distribution import Distribution
from .cloudfront.origin_access_control import OriginAccessControl
from .cloudwatch.alarm import Alarm
from .cloudwatch.dashboard import Dashboard
from .ec2.eip import EIP
from .ec2.internet_gateway import InternetGateway
from .ec2.nat_gateway import NatGateway
from .ec2.route_table import RouteTable
from .ec2.security_group import SecurityGroup
from .ec2.subnet import Subnet
from .ec2.vpc import VPC
from .ecr.repository import Repository
from .ecs.cluster import ECSCluster
from .ecs.service import ECSService
from .ecs.task_definition import TaskDefinition
from .elbv2.listener import Listener
from .elbv2.listener_rule import ListenerRule
from .elbv2.load_balancer import LoadBalancer
from .elbv2.target_group import TargetGroup
from .iam.oidc_provider import OIDCProvider
from .iam.role import Role
from .kms.key import Key
from .logs.log_group import LogGroup
from .rds.db_instance import DBInstance
from .rds.db_parameter_group import DBParameterGroup
from .rds.db_subnet_group import DBSubnetGroup
from .route53.hosted_zone import HostedZone
from .route53.record_set import RecordSet
from .s3.bucket import Bucket
from .secretsmanager.secret import Secret
from .sns.topic import Topic
from .wafv2.web_acl import WebACL

KINDS: dict[str, Kind] = {
    kind.__name__: kind()
    for kind in (
        VPC, Subnet, InternetGateway, EIP, NatGateway, RouteTable, SecurityGroup,
        Role, OIDCProvider, Key, Secret,
        LoadBalancer, TargetGroup, Listener, ListenerRule,
        Repository, ECSCluster, TaskDefinition, ECSService, ScalableTarget,
        DBSubnetGroup, DBParameterGroup, DBInstance,
        HostedZone, RecordSet, Certificate,
        Bucket, Distribution, OriginAccessControl, WebACL,
        LogGroup, Alarm, Dashboard, Topic,
    )
}  # fmt: skip
