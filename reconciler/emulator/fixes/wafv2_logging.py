"""AWS WAF writes logs only for web ACLs that exist, and only to places of a certain name that exist."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from moto.wafv2.models import wafv2_backends
from moto.wafv2.responses import WAFV2Response

from reconciler.emulator.fixes.agenda import Json, Moto, loaded, refuse
from reconciler.emulator.patch import Method, once, replaces

PLACES: Final = re.compile(r":logs:[^:]+:\d+:log-group:([^:]+)|:firehose:[^:]+:\d+:deliverystream/(.+)|:s3:::([^/]+)")
START: Final = "aws-waf-logs-"
BEHAVIOURS: Final = ("KEEP", "DROP")
OPERATIONS: Final = ("put_logging_configuration", "get_logging_configuration", "delete_logging_configuration")


def _invalid(reason: str, field: str, parameter: str) -> None:
    message = f"Error reason: {reason}, field: {field}, parameter: {parameter}"
    refuse("WAFInvalidParameterException", message, Field=field, Parameter=parameter, Reason=reason)


def _check_place(backend: Moto, region: str, arn: str) -> None:
    found = PLACES.search(arn)
    name = next(filter(None, found.groups()), "") if found else ""
    if not name.startswith(START):
        _invalid(
            "The ARN isn't valid. A valid ARN begins with arn: and includes other information", "LOG_DESTINATION", arn
        )
    logs = loaded("moto.logs.models")
    if ":log-group:" in arn and name not in (logs.logs_backends[backend.account_id][region].groups if logs else {}):
        refuse("WAFLogDestinationPermissionIssueException", f"the log destination {arn} cannot be written to")


def _check_filter(told: Json) -> None:
    if told.get("DefaultBehavior") not in BEHAVIOURS or not told.get("Filters"):
        _invalid("You have used none or multiple values", "LOGGING_FILTER", str(told.get("DefaultBehavior")))
    for one in told["Filters"]:
        for condition in one["Conditions"]:
            if len(condition) != 1:
                _invalid("Exactly one condition is needed", "FILTER_CONDITION", json.dumps(condition))


@once
def install() -> None:
    """Check what logs are asked for, and keep those of CloudFront's ACLs where these are kept."""
    for name in OPERATIONS:
        _at_home(name)

    @replaces(WAFV2Response, "put_logging_configuration")
    def put_logging_configuration(original: Method, self: Moto) -> Any:
        region, told = self.region, json.loads(self.body)["LoggingConfiguration"]
        home = "aws" if ":global/" in told["ResourceArn"] else region
        backend = wafv2_backends[self.current_account][home]
        if told["ResourceArn"] not in backend.wacls:
            refuse(
                "WAFNonexistentItemException",
                "AWS WAF couldn’t perform the operation because your resource doesn’t exist.",
            )
        if len(told["LogDestinationConfigs"]) != 1:
            _invalid("Exactly one destination is needed", "LOG_DESTINATION", str(told["LogDestinationConfigs"]))
        _check_place(backend, region, told["LogDestinationConfigs"][0])
        if told.get("LoggingFilter"):
            _check_filter(told["LoggingFilter"])
        return original(self)


def _at_home(name: str) -> None:
    """Go where moto keeps the ACLs of CloudFront: apart, unlike their logs."""

    @replaces(WAFV2Response, name)
    def at_home(original: Method, self: Moto) -> Any:
        told = json.loads(self.body)
        if ":global/" in (told.get("ResourceArn") or told["LoggingConfiguration"]["ResourceArn"]):
            self.region = "aws"
        return original(self)
