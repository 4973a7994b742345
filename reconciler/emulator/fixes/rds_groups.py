"""RDS subnet groups and parameter groups: refusals, engine defaults, pending reboots."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.ec2.exceptions import InvalidSubnetIdError
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse

from reconciler.emulator.fixes.agenda import Json, Moto, after, refuse, replace_all
from reconciler.emulator.fixes.rds_engines import PARAMETERS, Parameter, descriptions, families, family_of
from reconciler.emulator.patch import Method, once, replaces

_GROUP: Moto = DBParameterGroup
_APPLYING = 0.3
_MOST_PARAMETERS = 20


def group_of(backend: Moto, name: str) -> Moto:
    """Return the parameter group; each family's default one has always been there. Names are kept in lower case."""
    name = name.lower()
    if name.startswith("default.") and name not in backend.db_parameter_groups:
        family = name.removeprefix("default.")
        if family in families():
            title = f"Default parameter group for {family}"
            backend.db_parameter_groups[name] = _GROUP(backend, name, title, family)
    if name not in backend.db_parameter_groups:
        refuse("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    return backend.db_parameter_groups[name]


def check_family(group: Moto, engine: str, version: str) -> None:
    """Fail unless the parameter group is for this version's family."""
    family = family_of(engine, version)
    if group.family != family:
        refuse(
            "InvalidParameterCombination",
            f"The parameter group {group.name} with DBParameterGroupFamily {group.family} can't be used for this "
            f"instance. Use a parameter group with DBParameterGroupFamily {family}.",
        )


def parameter_status(database: Moto, status: str) -> None:
    """Set how the instance stands to its parameter group, as it shows it."""
    database.parameter_apply_status = status


def _users(backend: Moto, group: Moto) -> list[Moto]:
    return [d for d in backend.databases.values() if group.name in [g.name for g in d.db_parameter_groups()]]


def _known(group: Moto) -> dict[str, Parameter]:
    return PARAMETERS[families()[group.family]]


def _check_value(name: str, value: str, parameter: Parameter) -> None:
    if parameter.kind == "integer" and "{" not in value:
        low, high = re.fullmatch(r"(-?\d+)-(\d+)", parameter.allowed).groups()  # type: ignore[union-attr]
        if not re.fullmatch(r"-?\d+", value) or not int(low) <= int(value) <= int(high):
            refuse(
                "InvalidParameterValue",
                f"Value: {value} is outside of range: {parameter.allowed} for parameter: {name}",
            )
    allowed = parameter.allowed.split(",")
    given = [part.strip() for part in value.split(",")] if parameter.kind == "list" else [value]
    if parameter.kind in ("boolean", "list") or (parameter.kind == "string" and parameter.allowed):
        for one in given:
            if one not in allowed:
                refuse(
                    "InvalidParameterValue",
                    f"Invalid parameter value: {value} for: {name} allowed values are: {parameter.allowed}",
                )


def _modify(_original: Method, self: Moto) -> ActionResult:
    group = group_of(self.backend, self.params["DBParameterGroupName"])
    if group.name.startswith("default."):
        refuse("InvalidParameterValue", f"The parameter group {group.name} is a default group and cannot be modified.")
    changes = [dict(parameter.original_dict()) for parameter in self.params.get("Parameters", [])]
    if len(changes) > _MOST_PARAMETERS:
        refuse("InvalidParameterValue", f"A maximum of {_MOST_PARAMETERS} parameters can be modified in one request.")
    known = _known(group)
    for change in changes:
        name = change["ParameterName"]
        if name not in known:
            refuse("InvalidParameterValue", f"Could not find parameter with name: {name}")
        if known[name].static and change.get("ApplyMethod") == "immediate":
            refuse("InvalidParameterCombination", "cannot use immediate apply method for static parameter")
        _check_value(name, change["ParameterValue"], known[name])
    changed = [
        c for c in changes if group.parameters.get(c["ParameterName"], {}).get("ParameterValue") != c["ParameterValue"]
    ]
    for change in changed:
        group.parameters[change["ParameterName"]] = change
    _take_effect(self.backend, group, changed)
    return ActionResult({"DBParameterGroupName": group.name})


def _take_effect(backend: Moto, group: Moto, changed: list[Json]) -> None:
    for database in _users(backend, group) if changed else []:
        if any(change.get("ApplyMethod") != "immediate" for change in changed):
            parameter_status(database, "pending-reboot")
        elif database.parameter_apply_status == "in-sync":
            parameter_status(database, "applying")
            after(_APPLYING, partial(parameter_status, database, "in-sync"))


def _reset(_original: Method, self: Moto) -> ActionResult:
    group = group_of(self.backend, self.params["DBParameterGroupName"])
    asked = [dict(parameter.original_dict()) for parameter in self.params.get("Parameters", [])]
    everything = self.params.get("ResetAllParameters") in (True, "true") or not asked
    names = list(group.parameters) if everything else [change["ParameterName"] for change in asked]
    known = _known(group)
    methods = {change["ParameterName"]: change.get("ApplyMethod") for change in asked}
    for name in names:
        if name not in known:
            refuse("InvalidParameterValue", f"Could not find parameter with name: {name}")
        if known[name].static and methods.get(name) == "immediate":
            refuse("InvalidParameterCombination", "cannot use immediate apply method for static parameter")
    removed = [group.parameters.pop(name) for name in names if name in group.parameters]
    _take_effect(
        self.backend, group, [{"ApplyMethod": methods.get(c["ParameterName"], "pending-reboot")} for c in removed]
    )
    return ActionResult({"DBParameterGroupName": group.name})


def _parameters(_original: Method, self: Moto) -> ActionResult:
    group = group_of(self.backend, self.params["DBParameterGroupName"])
    shown = []
    for name, parameter in _known(group).items():
        own = group.parameters.get(name)
        entry = {
            "ParameterName": name,
            "ParameterValue": own["ParameterValue"] if own else parameter.default,
            "Description": f"The engine's {name}.",
            "Source": "user" if own else "system" if parameter.default else "engine-default",
            "ApplyType": "static" if parameter.static else "dynamic",
            "DataType": parameter.kind,
            "AllowedValues": parameter.allowed or None,
            "IsModifiable": True,
            "ApplyMethod": own.get("ApplyMethod", "pending-reboot") if own else "pending-reboot",
        }
        if self.params.get("Source") in (None, entry["Source"]):
            shown.append(entry)
    return PaginatedResult({"Parameters": shown})


def _subnets(self: Moto, ec2: Moto) -> list[Moto]:
    found, unknown = [], []
    for subnet in self.params.get("SubnetIds", []):
        try:
            found.append(ec2.get_subnet(subnet))
        except InvalidSubnetIdError:
            unknown.append(subnet)
    if unknown:
        refuse("InvalidSubnet", f"Some input subnets in :[{', '.join(unknown)}] are invalid.")
    zones = sorted({subnet.availability_zone for subnet in found})
    if len(zones) < 2:  # noqa: PLR2004 - a standby needs a zone of its own
        refuse(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs.",
        )
    if len({subnet.vpc_id for subnet in found}) > 1:
        refuse("InvalidSubnet", "The subnets of a DB subnet group must be in one VPC.")
    return found


def _create_subnet_group(original: Method, self: Moto) -> Any:
    from moto.ec2.models import ec2_backends

    name = self.params["DBSubnetGroupName"]
    if name in self.backend.subnet_groups:
        refuse("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
    _subnets(self, ec2_backends[self.current_account][self.region])
    return original(self)


def _modify_subnet_group(_original: Method, self: Moto) -> ActionResult:
    from moto.ec2.models import ec2_backends

    name = self.params["DBSubnetGroupName"]
    group = self.backend.describe_db_subnet_groups(name)[0]
    subnets = _subnets(self, ec2_backends[self.current_account][self.region])
    for database in self.backend.databases.values():
        if getattr(database, "interface_subnet", None) in {s.id for s in group._subnets} - {s.id for s in subnets}:
            refuse("SubnetAlreadyInUse", f"The subnet {database.interface_subnet} is in use by {database.resource_id}.")
    group.subnets = subnets
    group.description = self.params.get("DBSubnetGroupDescription") or group.description
    return ActionResult({"DBSubnetGroup": group})


@once
def install() -> None:
    """Make the groups behave as on AWS."""
    replace_all(
        RDSResponse,
        {
            "create_db_subnet_group": _create_subnet_group,
            "modify_db_subnet_group": _modify_subnet_group,
            "modify_db_parameter_group": _modify,
            "reset_db_parameter_group": _reset,
            "describe_db_parameters": _parameters,
            "describe_db_engine_versions": _versions,
            "describe_db_parameter_groups": _described_groups,
        },
    )
    _install_backend()


def _versions(_original: Method, self: Moto) -> ActionResult:
    get = self.params.get
    default_only = str(get("DefaultOnly", "false")).lower() == "true"
    found = descriptions(get("Engine"), get("EngineVersion"), get("DBParameterGroupFamily"), default_only=default_only)
    return PaginatedResult({"DBEngineVersions": found})


def _described_groups(original: Method, self: Moto) -> Any:
    if name := self.params.get("DBParameterGroupName"):
        return ActionResult({"DBParameterGroups": [group_of(self.backend, name)]})
    return original(self)


def _install_backend() -> None:
    @replaces(RDSBackend, "create_db_parameter_group")
    def create(original: Method, self: Moto, wanted: Json) -> Moto:
        family = wanted.get("db_parameter_group_family")
        if family and family not in families():
            refuse("InvalidParameterValue", f"ParameterGroupFamily {family} is not a valid parameter group family.")
        return original(self, {**wanted, "db_parameter_group_name": wanted["db_parameter_group_name"].lower()})

    @replaces(RDSBackend, "delete_db_parameter_group")
    def delete(original: Method, self: Moto, name: str) -> Moto:
        group = group_of(self, name)
        if name.startswith("default."):
            refuse("InvalidDBParameterGroupState", f"Default DBParameterGroup cannot be deleted: {name}")
        if users := _users(self, group):
            refuse(
                "InvalidDBParameterGroupState",
                f"One or more database instances are still members of this parameter group {name}, so the group "
                f"cannot be deleted: {users[0].resource_id}",
            )
        return original(self, group.name)

    @replaces(RDSBackend, "delete_subnet_group")
    def delete_subnet_group(original: Method, self: Moto, name: str) -> Moto:
        for database in self.databases.values():
            if str(database._db_subnet_group_name).lower() == name.lower():
                refuse(
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{name}' because at least one database instance: "
                    f"{database.resource_id} is still using it.",
                )
        return original(self, name)

    def status_list(self: Moto) -> list[Json]:
        group = self.db_parameter_groups()[0]
        return [{"DBParameterGroupName": group.name, "ParameterApplyStatus": self.parameter_apply_status}]

    instance: Moto = DBInstance
    instance.parameter_apply_status = "in-sync"
    instance.db_parameter_group_status_list = property(status_list)
