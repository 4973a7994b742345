"""The life of a stack in three scenes: it is created, most of it changes, it is destroyed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from reconciler.desired import Stack, load_stack
from reconciler.files import Folder
from tests.faults.crash import Scenario

CHANGES: dict[str, dict[str, Any]] = {
    "VPC": {"tags": {"changed": "yes"}},
    "Subnet": {"mapPublicIpOnLaunch": True},
    "InternetGateway": {"tags": {"changed": "yes"}},
    "EIP": {"tags": {"changed": "yes"}},
    "NatGateway": {"tags": {"changed": "yes"}},
    "RouteTable": {"tags": {"changed": "yes"}},
    "SecurityGroup": {"ingress": [{"ipProtocol": "tcp", "fromPort": 8443, "toPort": 8443, "cidrIp": "10.0.0.0/8"}]},
    "Role": {"description": "changed", "policies": {"more": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}}},
    "Secret": {"description": "changed"},
    "Repository": {"imageScanningConfiguration": {"scanOnPush": False}},
    "ECSCluster": {"settings": {"containerInsights": "disabled"}},
    "TaskDefinition": {"cpu": "1024", "memory": "2048"},
    "ECSService": {"propagateTags": "TASK_DEFINITION"},
    "ScalableTarget": {"maxCapacity": 12},
    "LoadBalancer": {"attributes": {"idle_timeout.timeout_seconds": "90"}},
    "TargetGroup": {"port": 3001, "healthCheckPath": "/ready"},
    "DBSubnetGroup": {"dbSubnetGroupDescription": "changed"},
    "DBParameterGroup": {"parameters": {"log_min_duration_statement": 2000}},
    "DBInstance": {"backupRetentionPeriod": 14, "dbInstanceClass": "db.t3.large"},
    "HostedZone": {"tags": {"changed": "yes"}},
    "Certificate": {"subjectAlternativeNames": ["more.${domain}", "*.${domain}"]},
    "Bucket": {"versioningConfiguration": {"status": "Suspended"}},
    "Distribution": {"distributionConfig": {"comment": "changed"}},
    "OriginAccessControl": {"originAccessControlConfig": {"description": "changed"}},
    "WebACL": {"description": "changed"},
    "LogGroup": {"retentionInDays": 60},
    "Alarm": {"threshold": 90},
    "Dashboard": {"dashboardBody": {"widgets": []}},
    "Topic": {"tags": {"changed": "yes"}},
    "NetworkAcl": {"tags": {"changed": "yes"}},
    "VPCEndpoint": {"tags": {"changed": "yes"}},
    "FlowLog": {"tags": {"changed": "yes"}},
    "Policy": {"tags": {"changed": "yes"}},
    "Key": {"description": "changed"},
    "CacheSubnetGroup": {"cacheSubnetGroupDescription": "changed"},
    "CacheParameterGroup": {"parameters": {"maxmemory-policy": "allkeys-lru"}},
    "ReplicationGroup": {"snapshotRetentionLimit": 9},
    "QueryDefinition": {"queryString": "fields @message"},
    "Schedule": {"description": "changed"},
    "BackupVault": {"tags": {"changed": "yes"}},
    "AnomalyMonitor": {"tags": {"changed": "yes"}},
}  # fmt: skip
"""kind → a change of its spec, as a merge patch. Target groups and certificates are replaced by it."""
POLICY = {"maxReplaces": 99, "maxDeletes": 99}


def scenes(folder: Path, scratch: Path) -> Iterator[Scenario]:
    """Yield the scenes of a stack's folder; the changed stack is written below ``scratch``."""
    stack = load_stack(Folder(), str(folder))
    yield Scenario(f"create {stack.name}", stack)
    yield Scenario(f"update {stack.name}", changed(stack, folder, scratch), before=stack)
    yield Scenario(f"destroy {stack.name}", stack, before=stack, destroying=True)


def changed(stack: Stack, folder: Path, scratch: Path) -> Stack:
    """Return the stack with a change of each kind that ``CHANGES`` knows."""
    copy = scratch / folder.parent.name
    shutil.copytree(folder.parent, copy, dirs_exist_ok=True)
    if (shared := folder.parent.parent / "components").is_dir():
        shutil.copytree(shared, scratch / "components", dirs_exist_ok=True)
    head = copy / folder.name / "stack.yaml"
    told = yaml.safe_load(head.read_text())
    told["spec"]["policy"] = {**told["spec"].get("policy", {}), **POLICY}
    more = [
        {"target": {"kind": r.kind.name, "name": r.name}, "patch": {"spec": CHANGES[r.kind.name]}}
        for r in stack.resources.values()
        if r.kind.name in CHANGES
    ]
    told["spec"]["patches"] = [*told["spec"].get("patches", []), *more]
    head.write_text(json.dumps(told))  # JSON is YAML without anchors, which a stack must not have
    return load_stack(Folder(), str(copy / folder.name))
