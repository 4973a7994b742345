"""Route 53 records: AWS's normal form, and a change batch that is checked as a whole before any of it happens."""

from __future__ import annotations

import ipaddress
import re

from moto.route53.models import RecordSet

from reconciler.emulator.fixes.agenda import Json, Moto, refuse

_RECORD: Moto = RecordSet
_LAST = {"NS": "at least one NS record", "SOA": "exactly one SOA record"}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*')


def normal(name: str) -> str:
    """Return a name as AWS stores it: lower case, with a dot at the end, its unusual characters as octal codes."""
    name = name.lower()
    name = name if name.endswith(".") else f"{name}."
    return "".join(c if re.match(r"[a-z0-9_.\\-]", c) else f"\\{ord(c):03o}" for c in name)


def _normalised(record: Json) -> Json:
    record = {**record, "Name": normal(record["Name"])}
    if record.get("AliasTarget"):
        alias = record["AliasTarget"]
        record["AliasTarget"] = {**alias, "DNSName": normal(alias["DNSName"])}
    values = record.get("ResourceRecords") or []
    record["ResourceRecords"] = [value["Value"] for value in values]
    return record


def _fail(message: str) -> None:
    refuse("InvalidChangeBatch", f"[{message}]")


def _check_shape(record: Json) -> None:
    name, kind = record["Name"], record["Type"]
    if bool(record.get("AliasTarget")) == bool(record["ResourceRecords"]):
        refuse(
            "InvalidInput",
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
            f"TrafficPolicyInstanceId], but found none in Change with [Name={name}, Type={kind}, SetIdentifier=null]",
        )
    for value in record["ResourceRecords"]:
        _check_value(kind, value)
    if len(set(record["ResourceRecords"])) != len(record["ResourceRecords"]):
        _fail(f"Duplicate Resource Record: '{record['ResourceRecords'][0]}'")


def _check_value(kind: str, value: str) -> None:
    problem = None
    if kind in ("A", "AAAA"):
        version = 4 if kind == "A" else 6
        try:
            good = ipaddress.ip_address(value).version == version
        except ValueError:
            good = False
        problem = (
            None if good else f"{kind}RRDATAIllegalIPv{version}Address (Value is not a valid IPv{version} address)"
        )
    elif kind in ("TXT", "SPF") and not _QUOTED.fullmatch(value):
        problem = "InvalidCharacterString (Value should be enclosed in quotation marks)"
    elif kind == "MX" and not re.fullmatch(r"\d+ \S+", value):
        problem = "MXRRDATANotTwoFields (MX record doesn't have 2 fields)"
    elif kind in ("CNAME", "NS", "PTR") and not re.fullmatch(r"[^\s]+", value):
        problem = "DomainLabelEmpty (Domain label is empty)"
    if problem:
        _fail(f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''")


def _key(record: Moto) -> tuple[str, str, str | None]:
    return record.name, record.type, record.set_identifier


def _same(one: Moto, other: Moto) -> bool:
    def seen(record: Moto) -> list[object]:
        ttl = None if record.alias_target else int(record.ttl or 0)
        weight = None if record.weight is None else int(record.weight)
        return [ttl, sorted(record.records or []), record.alias_target, weight, record.failover, record.health_check_id]

    return seen(one) == seen(other)


def _check_names(zone: Moto, record: Moto, others: list[Moto]) -> None:
    """Fail for a record that cannot stand beside the zone's others."""
    name, kind = record.name, record.type
    if name != zone.name and not name.endswith(f".{zone.name}"):
        _fail(f"RRSet with DNS name {name} is not permitted in zone {zone.name}")
    if kind == "CNAME" and name == zone.name:
        _fail(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone.name}")
    beside = [other for other in others if other.name == name and _key(other) != _key(record)]
    if kind == "CNAME" and any(other.type != "CNAME" for other in beside):
        _fail(
            f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with the "
            f"same DNS name in zone {zone.name}"
        )
    if kind != "CNAME" and any(other.type == "CNAME" for other in beside):
        _fail(
            f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME "
            f"with the same DNS name already exists in zone {zone.name}"
        )
    if any(other.type == kind and bool(other.set_identifier) != bool(record.set_identifier) for other in beside):
        _fail(
            f"RRSet with DNS name {name}, type {kind}, SetIdentifier {record.set_identifier or ''} cannot be created "
            "because a non multivalue answer rrset exists with the same name and type."
        )


def _check_alias(zone: Moto, record: Moto, others: list[Moto]) -> None:
    target = record.alias_target or {}
    if target.get("HostedZoneId") == zone.resource_id:
        found = any(other.name == target["DNSName"] and other.type == record.type for other in others)
        if not found or target["DNSName"] == record.name:
            _fail(
                f"Tried to create an alias that targets {target['DNSName']}, type {record.type} in zone "
                f"{zone.resource_id}, but that target was not found"
            )


def _delete(zone: Moto, wanted: Moto, records: list[Moto]) -> None:
    existing = next((record for record in records if _key(record) == _key(wanted)), None)
    what = f"Tried to delete resource record set [name='{wanted.name}', type='{wanted.type}'"
    what += f", set identifier='{wanted.set_identifier}']" if wanted.set_identifier else "]"
    if existing is None:
        _fail(f"{what} but it was not found")
    elif not _same(existing, wanted):
        _fail(f"{what} but the values provided do not match the current values")
    elif wanted.name == zone.name and wanted.type in _LAST:
        _fail(f"A HostedZone must contain {_LAST[wanted.type]} for the zone itself.")
    else:
        records.remove(existing)


def apply(zone: Moto, changes: list[Json]) -> None:
    """Carry out a whole batch, or fail and leave the zone as it is."""
    records = list(zone.rrsets)
    written = []
    for change in changes:
        wanted = _RECORD(_normalised(change["ResourceRecordSet"]))
        existing = next((record for record in records if _key(record) == _key(wanted)), None)
        if change["Action"] == "DELETE":
            _delete(zone, wanted, records)
            continue
        _check_shape(_normalised(change["ResourceRecordSet"]))
        if change["Action"] == "CREATE" and existing is not None:
            _fail(
                f"Tried to create resource record set [name='{wanted.name}', type='{wanted.type}'] "
                "but it already exists"
            )
        if existing is not None:
            records.remove(existing)
        records.append(wanted)
        written.append(wanted)
    for record in written:
        _check_names(zone, record, records)
        _check_alias(zone, record, records)
    zone.rrsets = records
