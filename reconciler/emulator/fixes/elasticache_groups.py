"""ElastiCache's subnet groups and parameter groups: what moto lacks of them, and what AWS refuses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from moto.elasticache.responses import ElastiCacheResponse

from reconciler.emulator.fixes.agenda import Json, Moto, refuse, replace_all
from reconciler.emulator.fixes.elasticache_engines import PARAMETERS, check_value, descriptions, families
from reconciler.emulator.fixes.elasticache_nodes import arn_of, asked, groups_of
from reconciler.emulator.patch import Method, once

_MOST_PARAMETERS, _MOST_SHOWN = 20, 100
_NAME = re.compile(r"[a-z](-?[a-z0-9])*")


@dataclass
class ParameterGroup:
    """A cache parameter group; `values` are those that somebody has set."""

    name: str
    family: str
    description: str
    arn: str
    values: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return the value of a parameter in force."""
        default = "yes" if name == "cluster-enabled" and self.name.endswith(".cluster.on") else PARAMETERS[name].default
        return self.values.get(name, default)

    def shown(self) -> Json:
        """Return it as AWS shows it."""
        return {
            "CacheParameterGroupName": self.name,
            "CacheParameterGroupFamily": self.family,
            "Description": self.description,
            "IsGlobal": False,
            "ARN": self.arn,
        }


def parameter_groups(backend: Moto) -> dict[str, ParameterGroup]:
    """Return the account's parameter groups; each family's default ones have always been there."""
    if not hasattr(backend, "cache_parameter_groups"):
        backend.cache_parameter_groups = {}
        for family in families():
            for name in (f"default.{family}", f"default.{family}.cluster.on"):
                title, arn = f"Default parameter group for {family}", arn_of(backend, "parametergroup", name)
                backend.cache_parameter_groups[name] = ParameterGroup(name, family, title, arn)
    found: dict[str, ParameterGroup] = backend.cache_parameter_groups
    return found


def parameter_group(backend: Moto, name: str) -> ParameterGroup:
    """Return one parameter group, or fail."""
    group = parameter_groups(backend).get(name.lower())
    if group is None:
        refuse("CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found.")
    return group


def subnet_group(backend: Moto, name: str) -> Moto:
    """Return one subnet group, or fail."""
    group = backend.cache_subnet_groups.get(name.lower())
    if group is None:
        refuse("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.")
    return group


def _backend(self: Moto) -> Moto:
    return self.elasticache_backend


def _create_parameters(_original: Method, self: Moto) -> ActionResult:
    backend, params = _backend(self), self.params
    name, family = params["CacheParameterGroupName"].lower(), params["CacheParameterGroupFamily"]
    if not _NAME.fullmatch(name):
        refuse("InvalidParameterValue", f"The parameter CacheParameterGroupName is not a valid identifier: {name}")
    if family not in families():
        refuse("InvalidParameterValue", f"CacheParameterGroupFamily {family} is not a valid parameter group family.")
    if name in parameter_groups(backend):
        refuse("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} already exists")
    group = ParameterGroup(name, family, params["Description"], arn_of(backend, "parametergroup", name))
    parameter_groups(backend)[name] = group
    backend.tagging_service.tag_resource(group.arn, params.get("Tags") or [])
    return ActionResult({"CacheParameterGroup": group.shown()})


def _describe_parameter_groups(_original: Method, self: Moto) -> ActionResult:
    backend, name = _backend(self), self.params.get("CacheParameterGroupName")
    found = [parameter_group(backend, name)] if name else list(parameter_groups(backend).values())
    return PaginatedResult({"CacheParameterGroups": [group.shown() for group in found]})


def _own(self: Moto) -> ParameterGroup:
    group = parameter_group(_backend(self), self.params["CacheParameterGroupName"])
    if group.name.startswith("default."):
        message = f"The parameter group {group.name} is a default group and can be neither modified nor deleted."
        refuse("InvalidParameterValue", message)
    return group


def _asked(self: Moto) -> dict[str, str]:
    found = asked(self).get("ParameterNameValues") or []
    if len(found) > _MOST_PARAMETERS:
        message = f"Cannot modify more than {_MOST_PARAMETERS} parameters in a single request"
        refuse("InvalidParameterCombination", message)
    return {one["ParameterName"]: one.get("ParameterValue", "") for one in found}


def _set(self: Moto, group: ParameterGroup, values: dict[str, str]) -> ActionResult:
    users = [one for one in groups_of(_backend(self)) if one.settings["CacheParameterGroupName"] == group.name]
    changed = {name for name in {*values, *group.values} if values.get(name) != group.values.get(name)}
    if users and "cluster-enabled" in changed:
        refuse("InvalidParameterValue", "The parameter cluster-enabled cannot be modified while the group is in use.")
    group.values = values
    for user in users:
        user.parameters_set(static=any(PARAMETERS[name].static for name in changed))
    return ActionResult({"CacheParameterGroupName": group.name})


def _modify_parameters(_original: Method, self: Moto) -> ActionResult:
    group, asked = _own(self), _asked(self)
    if not asked:
        refuse("InvalidParameterCombination", "At least one parameter is required.")
    for name, value in asked.items():
        check_value(name, value)
    return _set(self, group, {**group.values, **asked})


def _reset_parameters(_original: Method, self: Moto) -> ActionResult:
    group, asked = _own(self), _asked(self)
    everything = str(self.params.get("ResetAllParameters", "false")).lower() == "true"
    if everything == bool(asked):
        refuse("InvalidParameterCombination", "Either ResetAllParameters or parameters by name are required.")
    for name in asked:
        if name not in PARAMETERS:
            refuse("InvalidParameterValue", f"Parameter {name} doesn't exist")
    return _set(self, group, {} if everything else {n: v for n, v in group.values.items() if n not in asked})


def _parameters(_original: Method, self: Moto) -> ActionResult:
    group, source = parameter_group(_backend(self), self.params["CacheParameterGroupName"]), self.params.get("Source")
    shown = [
        {
            "ParameterName": name,
            "ParameterValue": group.value(name),
            "Description": f"The engine's {name}.",
            "Source": "user" if name in group.values else "system",
            "DataType": known.kind,
            "AllowedValues": known.allowed or None,
            "IsModifiable": known.modifiable,
            "MinimumEngineVersion": "5.0.0",
            "ChangeType": "requires-reboot" if known.static else "immediate",
        }
        for name, known in PARAMETERS.items()
    ]
    found = [one for one in shown if source in (None, one["Source"])]
    # moto cannot page an answer of two lists.
    start, size = int(self.params.get("Marker") or 0), int(self.params.get("MaxRecords") or _MOST_SHOWN)
    after = str(start + size) if start + size < len(found) else None
    return ActionResult(
        {"Parameters": found[start : start + size], "CacheNodeTypeSpecificParameters": [], "Marker": after}
    )


def _delete_parameters(_original: Method, self: Moto) -> ActionResult:
    backend, group = _backend(self), _own(self)
    if any(one.settings["CacheParameterGroupName"] == group.name for one in groups_of(backend)):
        message = f"One or more cache clusters are still members of this parameter group {group.name}, so the group cannot be deleted."
        refuse("InvalidCacheParameterGroupState", message)
    del parameter_groups(backend)[group.name]
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return EmptyResult()


def _subnets(self: Moto, ids: list[str]) -> list[Moto]:
    ec2: Moto = ec2_backends[self.current_account][self.region]
    found = []
    for one in ids:
        try:
            found.append(ec2.get_subnet(one))
        except InvalidSubnetIdError:
            refuse("InvalidParameterValue", f"Some input subnets in :[{one}] are invalid.")
    if len({subnet.vpc_id for subnet in found}) > 1:
        refuse("InvalidSubnet", "The subnets of a cache subnet group must be in one VPC.")
    return found


def _shown(subnets: list[Moto]) -> list[Json]:
    return [
        {
            "SubnetIdentifier": subnet.id,
            "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
            "SupportedNetworkTypes": ["ipv4"],
        }
        for subnet in subnets
    ]


def _create_subnets(original: Method, self: Moto) -> Any:
    backend, params = _backend(self), self.params
    name = params["CacheSubnetGroupName"].lower()
    if not re.fullmatch(r"[a-z0-9-]{1,255}", name):
        refuse("InvalidParameterValue", f"The parameter CacheSubnetGroupName is not a valid identifier: {name}")
    if name in backend.cache_subnet_groups:
        refuse("CacheSubnetGroupAlreadyExists", f"Cache subnet group {name} already exists.")
    subnets = _subnets(self, params.get("SubnetIds") or [])
    params["CacheSubnetGroupName"] = name
    answer = original(self)
    answer.result["CacheSubnetGroup"].subnets = _shown(subnets)
    return answer


def _modify_subnets(_original: Method, self: Moto) -> ActionResult:
    params = self.params
    group = subnet_group(_backend(self), params["CacheSubnetGroupName"])
    group.cache_subnet_group_description = (
        params.get("CacheSubnetGroupDescription") or group.cache_subnet_group_description
    )
    if ids := params.get("SubnetIds"):
        subnets = _subnets(self, ids)
        users = [
            one
            for one in groups_of(_backend(self))
            if one.settings["CacheSubnetGroupName"] == group.cache_subnet_group_name
        ]
        for node in (node for user in users for node in user.nodes()):
            if node.subnet and node.subnet not in ids:
                refuse("SubnetInUse", f"The subnet {node.subnet} is in use by {node.id}.")
        group.subnets, group.subnet_ids = _shown(subnets), ids
        group.vpc_id = subnets[0].vpc_id
    return ActionResult({"CacheSubnetGroup": group})


def _describe_subnets(original: Method, self: Moto) -> Any:
    if name := self.params.get("CacheSubnetGroupName"):
        return ActionResult({"CacheSubnetGroups": [subnet_group(_backend(self), name)]})
    return original(self)


def _delete_subnets(_original: Method, self: Moto) -> ActionResult:
    backend = _backend(self)
    group = subnet_group(backend, self.params["CacheSubnetGroupName"])
    name = group.cache_subnet_group_name
    if any(one.settings["CacheSubnetGroupName"] == name for one in groups_of(backend)):
        refuse("CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by a cache cluster.")
    del backend.cache_subnet_groups[name]
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return EmptyResult()


def _versions(_original: Method, self: Moto) -> ActionResult:
    get = self.params.get
    default_only = str(get("DefaultOnly", "false")).lower() == "true"
    found = descriptions(
        get("Engine"), get("EngineVersion"), get("CacheParameterGroupFamily"), default_only=default_only
    )
    return PaginatedResult({"CacheEngineVersions": found})


@once
def install() -> None:
    """Make the groups behave as on AWS."""
    replace_all(
        ElastiCacheResponse,
        {
            "create_cache_parameter_group": _create_parameters,
            "describe_cache_parameter_groups": _describe_parameter_groups,
            "modify_cache_parameter_group": _modify_parameters,
            "reset_cache_parameter_group": _reset_parameters,
            "describe_cache_parameters": _parameters,
            "delete_cache_parameter_group": _delete_parameters,
            "create_cache_subnet_group": _create_subnets,
            "modify_cache_subnet_group": _modify_subnets,
            "describe_cache_subnet_groups": _describe_subnets,
            "delete_cache_subnet_group": _delete_subnets,
            "describe_cache_engine_versions": _versions,
        },
    )
