"""Where moto is kinder, or less complete, than AWS: one module per subject, each with an `install()`."""

from __future__ import annotations

import importlib
from typing import Final

NETWORK: Final = ("eni", "ec2_nat", "ec2_vpc", "ec2_routes", "ec2_groups", "ec2_acl", "ec2_endpoint", "ec2_flow_logs")
"""EC2's part of a VPC; needed as well by whatever lives in one."""

FIXES: Final[dict[str, tuple[str, ...]]] = {
    "ec2": NETWORK,
    "elbv2": (*NETWORK, "agenda", "elb", "elb_listener", "elb_logs", "elb_rules", "elb_targets"),
    "iam": ("agenda", "iam", "iam_policies", "iam_principals", "iam_simulate"),
    "sts": ("agenda", "iam", "iam_policies", "iam_principals", "iam_simulate"),
    "resourcegroupstaggingapi": ("tagging",),
    "ecs": (*NETWORK, "agenda", "ecs"),
    "rds": (*NETWORK, "agenda", "rds"),
    "elasticache": (*NETWORK, "agenda", "elasticache"),
    "acm": ("agenda", "route53", "acm"),
    "route53": ("agenda", "route53", "route53_health"),
    "application-autoscaling": ("agenda", "ecs", "appautoscaling"),
    "secretsmanager": ("agenda", "secretsmanager"),
    "s3": ("s3",),
    "cloudfront": ("agenda", "cloudfront"),
    "wafv2": ("wafv2", "wafv2_logging"),
    "sns": ("sns",),
    "cloudwatch": ("cloudwatch", "cloudwatch_math"),
    "logs": ("logs", "logs_filters", "logs_queries", "logs_writers"),
    "backup": ("agenda", "backup"),
    "ecr": ("ecr",),
    "kms": ("kms",),
    "scheduler": ("agenda", "scheduler"),
    "budgets": ("agenda", "budgets"),
    "ce": ("agenda", "ce"),
}
"""Which modules of this package are installed when a service (botocore's name) is first called."""

_installed: Final[set[str]] = set()


def install(service: str) -> None:
    """Mend `service`, once per process: importing all of moto at once would take seconds."""
    for name in FIXES.get(service, ()):
        if name not in _installed:
            importlib.import_module(f"{__name__}.{name}").install()
            _installed.add(name)
