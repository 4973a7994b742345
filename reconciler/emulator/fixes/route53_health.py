"""Route 53: health checks behaving like themselves."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.route53.models import HealthCheck
from moto.route53.responses import Route53

from reconciler.emulator.fixes.agenda import Json, Moto, loaded, refuse, replace_all
from reconciler.emulator.patch import Method, once, put

REGIONS: Final = (
    "ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "eu-west-1", "sa-east-1", "us-east-1", "us-west-1", "us-west-2",
)  # fmt: skip
FEWEST_REGIONS: Final = 3
PORTS: Final = {"HTTP": 80, "HTTP_STR_MATCH": 80, "HTTPS": 443, "HTTPS_STR_MATCH": 443}
ENDPOINTS: Final = (*PORTS, "TCP")
PAGE: Final = 100
RESET: Final = ("ChildHealthChecks", "FullyQualifiedDomainName", "Regions", "ResourcePath")


def _invalid(message: str) -> None:
    refuse("InvalidInput", message)


def _defaults(told: Json) -> Json:
    kind = told["Type"]
    common: Json = {"Inverted": False, "Disabled": False, "EnableSNI": kind.startswith("HTTPS")}
    if kind in ENDPOINTS:
        common |= {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False}
        common |= {"Port": PORTS[kind]} if kind in PORTS else {}
    if kind == "CLOUDWATCH_METRIC":
        common |= {"InsufficientDataHealthStatus": "LastKnownStatus"}
    return common


def _check(backend: Moto, told: Json) -> None:
    kind = told["Type"]
    if kind in ENDPOINTS:
        _check_endpoint(kind, told)
    elif told.get("IPAddress") or told.get("Port") or told.get("SearchString"):
        _invalid(f"A health check of type {kind} has no endpoint.")
    if kind == "CALCULATED":
        unknown = [child for child in told.get("ChildHealthChecks") or () if child not in backend.health_checks]
        if unknown:
            _invalid(f"The child health check {unknown[0]} does not exist.")
    elif told.get("ChildHealthChecks") or told.get("HealthThreshold") is not None:
        _invalid(f"A health check of type {kind} has no children.")
    if kind == "CLOUDWATCH_METRIC":
        _check_alarm(backend, told.get("AlarmIdentifier"))
    elif told.get("AlarmIdentifier"):
        _invalid(f"A health check of type {kind} has no alarm.")


def _check_endpoint(kind: str, told: Json) -> None:
    address = told.get("IPAddress")
    if not address and not told.get("FullyQualifiedDomainName"):
        _invalid("Invalid parameter : Either IP Address or Fully Qualified Domain Name must be specified")
    if address and not ipaddress.ip_address(address).is_global:
        _invalid(f"Invalid parameter : IP address {address} is in a range that cannot be checked")
    if kind == "TCP" and not told.get("Port"):
        _invalid("Invalid parameter : Port must be specified for TCP health checks")
    if kind.endswith("_STR_MATCH") != bool(told.get("SearchString")):
        _invalid("Invalid parameter : SearchString belongs to string matching health checks, and they need it")
    if kind == "TCP" and told.get("ResourcePath"):
        _invalid("Invalid parameter : TCP health checks have no resource path")
    if told.get("RequestInterval", 30) not in (10, 30):
        _invalid("Invalid parameter : RequestInterval must be 10 or 30")
    regions = told.get("Regions") or ()
    if regions and (len(regions) < FEWEST_REGIONS or not set(regions) <= set(REGIONS)):
        _invalid(f"Invalid parameter : Regions must be at least {FEWEST_REGIONS} of {', '.join(REGIONS)}")


def _check_alarm(backend: Moto, alarm: Json | None) -> None:
    if not alarm:
        _invalid("Invalid parameter : AlarmIdentifier must be specified")
        return
    module = loaded("moto.cloudwatch.models")
    known = module.cloudwatch_backends[backend.account_id][alarm["Region"]].alarms if module else {}
    if alarm["Name"] not in known:
        _invalid(f"The CloudWatch alarm {alarm['Name']} does not exist in {alarm['Region']}.")


def _asked(backend: Moto) -> Json:
    """What was asked for with each caller reference, for good: references are never free again."""
    if not hasattr(backend, "health_check_references"):
        backend.health_check_references = {}
    known: Json = backend.health_check_references
    return known


def _create(original: Method, self: Moto) -> Any:
    reference, told = self._get_param("CallerReference"), self._get_param("HealthCheckConfig")
    asked = _asked(self.backend)
    if reference in asked:
        number, before = asked[reference]
        if before == told and number in self.backend.health_checks:
            return ActionResult({"HealthCheck": self.backend.health_checks[number]})
        message = f"The health check you're attempting to create already exists: {reference}"
        refuse("HealthCheckAlreadyExists", message)
    _check(self.backend, told)
    answer = original(self)
    check = answer.result["HealthCheck"]
    check.config = {**_defaults(told), **told}
    asked[reference] = (check.id, told)
    return answer


def _found(self: Moto) -> Moto:
    number = self._get_param("HealthCheckId")
    if number not in self.backend.health_checks:
        refuse("NoSuchHealthCheck", f"A health check with id {number} does not exist.")
    return self.backend.health_checks[number]


UPDATABLE: Final = (
    "IPAddress", "Port", "ResourcePath", "FullyQualifiedDomainName", "SearchString", "FailureThreshold", "Inverted",
    "Disabled", "HealthThreshold", "ChildHealthChecks", "EnableSNI", "Regions", "AlarmIdentifier",
    "InsufficientDataHealthStatus",
)  # fmt: skip


def _update(_original: Method, self: Moto) -> Any:
    check, version = _found(self), self._get_param("HealthCheckVersion")
    if version is not None and int(version) != check.health_check_version:
        refuse("HealthCheckVersionMismatch", "The health check was changed in the meantime.")
    told = {name: value for name in UPDATABLE if (value := self._get_param(name)) is not None}
    reset = self._get_param("ResetElements") or []
    if not set(reset) <= set(RESET):
        _invalid(f"Only {', '.join(RESET)} can be reset.")
    if told.get("IPAddress") and not check.config.get("IPAddress"):
        _invalid("An IP address cannot be added to a health check.")
    kept = {name: value for name, value in check.config.items() if name not in reset}
    _check(self.backend, {**kept, **told})
    check.config = {**kept, **told}
    check.health_check_version += 1
    return ActionResult({"HealthCheck": check})


def _list(_original: Method, self: Moto) -> ActionResult:
    marker, most = self._get_param("Marker") or "", int(self._get_param("MaxItems") or PAGE)
    left = [one for number, one in sorted(self.backend.health_checks.items()) if number >= marker]
    rest = {"NextMarker": left[most].id} if len(left) > most else {}
    return ActionResult({"HealthChecks": left[:most], "IsTruncated": bool(rest), "MaxItems": str(most), **rest})


def _delete(original: Method, self: Moto) -> Any:
    number = _found(self).id
    answer = original(self)
    self.backend.resource_tags.pop(number, None)
    return answer


def _status(_original: Method, self: Moto) -> ActionResult:
    """Nothing is really asked: an endpoint whose name contains `broken` does not answer."""
    config = _found(self).config
    if config["Type"] not in ENDPOINTS:
        _invalid("Only health checks of an endpoint have a status of their own.")
    broken = "broken" in str(config.get("FullyQualifiedDomainName", ""))
    told = "Failure: Connection timed out." if broken else "Success: HTTP Status Code 200, OK"
    seen = [
        {"Region": region, "IPAddress": "192.0.2.1", "StatusReport": {"Status": told, "CheckedTime": utcnow()}}
        for region in config.get("Regions") or REGIONS
    ]
    return ActionResult({"HealthCheckObservations": seen})


@once
def install() -> None:
    """Make health checks behave as on AWS."""
    put(HealthCheck, "health_check_config", property(lambda self: self.config))
    replace_all(
        Route53,
        {
            "create_health_check": _create,
            "delete_health_check": _delete,
            "get_health_check_status": _status,
            "list_health_checks": _list,
            "update_health_check": _update,
        },
    )
