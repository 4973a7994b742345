"""Route 53 behaving like itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.route53.models import Route53Backend
from moto.route53.responses import Route53

from reconciler.emulator.fixes.agenda import Json, Moto, after, refuse, replace_all
from reconciler.emulator.fixes.route53_records import apply, normal
from reconciler.emulator.patch import Method, on_reset, once, replaces

if TYPE_CHECKING:
    from collections.abc import Callable

PROPAGATION = 0.5
"""Seconds until a change is INSYNC."""

on_change: Final[list[Callable[[str], None]]] = []
"""Called with the account after its records have changed."""

_pending: Final[set[str]] = set()
_known: Final[set[str]] = set()


@on_reset
def _forget() -> None:
    _pending.clear()
    _known.clear()


def _begin() -> Json:
    """Return the ChangeInfo of a change that has just been accepted."""
    number = f"/change/C{mock_random.get_random_hex(20).upper()}"
    _known.add(number)
    _pending.add(number)
    after(PROPAGATION, partial(_pending.discard, number))
    return {"Id": number, "Status": "PENDING", "SubmittedAt": utcnow()}


def _change(_original: Method, self: Moto) -> ActionResult:
    zone = self.backend.get_hosted_zone(self._get_param("HostedZoneId"))
    apply(zone, self._get_param("ChangeBatch.Changes"))
    info = _begin()
    for told in on_change:
        told(self.current_account)
    return ActionResult({"ChangeInfo": info})


def _get_change(_original: Method, self: Moto) -> ActionResult:
    number = self._get_param("Id")
    number = number if number.startswith("/change/") else f"/change/{number}"
    if number not in _known:
        refuse("NoSuchChange", f"A change with id {number.rsplit('/', 1)[-1]} does not exist.")
    status = "PENDING" if number in _pending else "INSYNC"
    return ActionResult({"ChangeInfo": {"Id": number, "Status": status, "SubmittedAt": utcnow()}})


def _create_zone(original: Method, self: Moto) -> Any:
    reference = self._get_param("CallerReference")
    if any(zone.caller_reference == reference for zone in self.backend.zones.values()):
        refuse(
            "HostedZoneAlreadyExists",
            f"A hosted zone has already been created with the specified caller reference: {reference}",
        )
    self.params["Name"] = normal(self._get_param("Name"))
    answer = original(self)
    zone = answer.result["HostedZone"]
    for record in zone.rrsets:
        record.name = zone.name
        if record.type == "SOA":
            server = zone.delegation_set.name_servers[0]
            record.records = [f"{server}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]
        else:
            record.records, record.ttl = [f"{server}." for server in zone.delegation_set.name_servers], 172800
    answer.result["ChangeInfo"] = _begin()
    return answer


def _delete_zone(original: Method, self: Moto) -> Any:
    number = self._get_param("Id").rsplit("/", 1)[-1]
    answer = original(self)
    self.backend.resource_tags.pop(number, None)
    answer.result["ChangeInfo"] = _begin()
    return answer


def _reversed(name: str) -> list[str]:
    return list(reversed(name.rstrip(".").split(".")))


def _zones_by_name(_original: Method, self: Moto) -> ActionResult:
    start, number = self._get_param("DNSName"), self._get_param("HostedZoneId")
    size = self._get_int_param("MaxItems", 100)
    zones = sorted(self.backend.zones.values(), key=lambda zone: (_reversed(zone.name), zone.resource_id))
    if start:
        begin = (_reversed(normal(start)), (number or "").rsplit("/", 1)[-1])
        zones = [zone for zone in zones if (_reversed(zone.name), zone.resource_id) >= begin]
    page, rest = zones[:size], zones[size:]
    result: Json = {"DNSName": start, "HostedZones": page, "IsTruncated": bool(rest), "MaxItems": str(size)}
    if rest:
        result |= {"NextDNSName": rest[0].name, "NextHostedZoneId": rest[0].resource_id}
    return ActionResult(result)


def _known_only(backend: Moto, kind: str, number: str) -> None:
    if kind == "hostedzone" and number not in backend.zones:
        refuse("NoSuchHostedZone", f"No hosted zone found with ID: {number}")
    if kind == "healthcheck" and number not in backend.health_checks:
        refuse("NoSuchHealthCheck", f"A health check with id {number} does not exist.")


def _tags(original: Method, self: Moto) -> Any:
    _known_only(self.backend, self._get_param("ResourceType"), self._get_param("ResourceId"))
    return original(self)


def _tags_of_several(original: Method, self: Moto) -> Any:
    for number in self._get_param("ResourceIds"):
        _known_only(self.backend, self._get_param("ResourceType"), number)
    return original(self)


@once
def install() -> None:
    """Make zones and records behave as on AWS."""
    replace_all(
        Route53,
        {
            "change_resource_record_sets": _change,
            "change_tags_for_resource": _tags,
            "create_hosted_zone": _create_zone,
            "delete_hosted_zone": _delete_zone,
            "get_change": _get_change,
            "list_hosted_zones_by_name": _zones_by_name,
            "list_tags_for_resource": _tags,
            "list_tags_for_resources": _tags_of_several,
        },
    )

    @replaces(Route53Backend, "list_resource_record_sets")
    def records(original: Method, self: Moto, zone_id: str, start_name: str | None, **kwargs: Any) -> Any:
        return original(self, zone_id, start_name=normal(start_name) if start_name else None, **kwargs)
