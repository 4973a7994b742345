"""The form in which AWS answers where it is not the form of the request, for the kinds that read such answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.kinds.s3.parts import PARTS
from reconciler.kinds.sns import capital

Values = Mapping[str, Any]


def answered(kind: str, paths: Mapping[str, str], values: Values) -> dict[str, Any]:
    """Return what AWS would answer with for these values of a kind's fields, which lie at these paths."""
    raw: dict[str, Any] = {}
    for name, value in values.items():
        if name != "tags":
            put(raw, paths[name], value)
    return {**raw, **(OWN[kind](values) if kind in OWN else {})}


def put(raw: dict[str, Any], path: str, value: Any) -> None:
    """Set a value where a field's ``path`` says that an answer has it."""
    step, _, rest = path.partition(".")
    if not rest:
        raw[step] = value
    elif rest.startswith("*."):
        raw[step] = [{rest[2:]: item} for item in value]
    elif rest.startswith("0."):
        put(raw.setdefault(step, [{}])[0], rest[2:], value)
    else:
        put(raw.setdefault(step, {}), rest, value)


def _acl(values: Values) -> dict[str, Any]:
    sides = (("ingress", False), ("egress", True))
    entries = [{**entry, "egress": out} for side, out in sides for entry in values.get(side, ())]
    return {"vpcId": values.get("vpcId", ""), "entries": entries}


def _bucket(values: Values) -> dict[str, Any]:
    return {name: part.off for name, part in PARTS.items() if part.off is not None and name not in values}


def _cache(values: Values) -> dict[str, Any]:
    node = {n: v for n, v in values.items() if n in ("engine", "engineVersion", "cacheNodeType", "cacheSubnetGroupName",
                                                     "preferredMaintenanceWindow")}  # fmt: skip
    node |= {"cacheParameterGroup": {"cacheParameterGroupName": values.get("cacheParameterGroupName")}}
    node |= {"securityGroups": [{"securityGroupId": one} for one in values.get("securityGroupIds") or ()]}
    node |= {"notificationConfiguration": {"topicArn": values.get("notificationTopicArn") or ""}}
    members: list[dict[str, Any]] = [{}] * (int(values.get("replicasPerNodeGroup") or 0) + 1)
    shards = [{"nodeGroupMembers": members}] * int(values.get("numNodeGroups") or 1)
    return {
        "automaticFailover": "enabled" if values.get("automaticFailoverEnabled") else "disabled",
        "multiAZ": "enabled" if values.get("multiAZEnabled") else "disabled",
        "memberClusters": ["it"] * int(values.get("numCacheClusters") or len(shards) * len(members)),
        "nodeGroups": shards,
        "nodes": [node],
    }


def _database(values: Values) -> dict[str, Any]:
    groups = [{"vpcSecurityGroupId": one, "status": "active"} for one in values.get("vpcSecurityGroupIds") or ()]
    managed = {"masterUserSecret": {"secretArn": "arn"}} if values.get("manageMasterUserPassword") else {}
    return {
        "vpcSecurityGroups": groups,
        "dbSubnetGroup": {"dbSubnetGroupName": values.get("dbSubnetGroupName")},
        "dbParameterGroups": [{"dbParameterGroupName": values.get("dbParameterGroupName")}],
        "optionGroupMemberships": [{"optionGroupName": values.get("optionGroupName")}],
        "endpoint": {"port": values.get("port")},
        **managed,
    }


def _group(values: Values) -> dict[str, Any]:
    known = {name: values.get(name, "") for name in ("groupName", "description", "vpcId")}
    return {**known, "ipPermissions": values.get("ingress", []), "ipPermissionsEgress": values.get("egress", [])}


def _log_group(values: Values) -> dict[str, Any]:
    return {name: values.get(name) or off for name, off in (("retentionInDays", 0), ("kmsKeyId", ""))}


def _routes(values: Values) -> dict[str, Any]:
    made = [{**route, "origin": "CreateRoute"} for route in values.get("routes", ())]
    return {"vpcId": values.get("vpcId", ""), "routes": made, "associations": []}


def _service(values: Values) -> dict[str, Any]:
    connect = values.get("serviceConnectConfiguration")
    return {"deployments": [{"status": "PRIMARY", **({"serviceConnectConfiguration": connect} if connect else {})}]}


def _topic(values: Values) -> dict[str, Any]:
    return {capital(name): value for name, value in values.items() if name not in ("name", "subscriptions")}


OWN: Mapping[str, Callable[[Values], dict[str, Any]]] = {
    "Bucket": _bucket,
    "DBInstance": _database,
    "ECSService": _service,
    "LogGroup": _log_group,
    "NetworkAcl": _acl,
    "ReplicationGroup": _cache,
    "RouteTable": _routes,
    "SecurityGroup": _group,
    "Topic": _topic,
}
"""Kind → what its answers have in a form of their own."""
