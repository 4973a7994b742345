"""AWS WAF behaving like itself."""

from __future__ import annotations

import json
from typing import Any, Final

from moto.core.exceptions import JsonRESTError
from moto.wafv2.exceptions import WAFV2DuplicateItemException
from moto.wafv2.models import WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from reconciler.emulator.fixes.agenda import Json, Moto, loaded, refuse, replace_all
from reconciler.emulator.patch import Method, once, replaces

MANAGED_GROUPS: Final[dict[str, int]] = {
    "AWSManagedRulesACFPRuleSet": 50,
    "AWSManagedRulesATPRuleSet": 50,
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesAntiDDoSRuleSet": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesWordPressRuleSet": 100,
}
"""AWS's own rule groups and what each costs of a web ACL's capacity."""

_COSTS = {
    "SqliMatchStatement": 20,
    "XssMatchStatement": 40,
    "RegexMatchStatement": 3,
    "ByteMatchStatement": 2,
    "RateBasedStatement": 2,
}
_NESTED = ("AndStatement", "OrStatement")
_LARGEST = 5000
_IN_USE = (
    "AWS WAF couldn’t perform the operation because your resource is being used by another resource or it’s "
    "associated with another resource."
)


def _invalid(reason: str, field: str, parameter: str) -> None:
    message = f"Error reason: {reason}, field: {field}, parameter: {parameter}"
    refuse("WAFInvalidParameterException", message, Field=field, Parameter=parameter, Reason=reason)


def _missing() -> None:
    refuse("WAFNonexistentItemException", "AWS WAF couldn’t perform the operation because your resource doesn’t exist.")


def _cost(backend: Moto, statement: Json) -> int:
    """Return the capacity a statement takes, checking what it refers to."""
    total = 0
    for kind, body in statement.items():
        if kind == "ManagedRuleGroupStatement":
            if body.get("VendorName") == "AWS" and body.get("Name") not in MANAGED_GROUPS:
                _invalid("The managed rule group doesn't exist", "MANAGED_RULE_SET_STATEMENT", str(body.get("Name")))
            total += MANAGED_GROUPS.get(body.get("Name"), 100)
        elif kind in ("IPSetReferenceStatement", "RuleGroupReferenceStatement"):
            known = {**backend.ip_sets, **backend.rule_groups}
            if body["ARN"] not in known:
                _missing()
            total += getattr(known[body["ARN"]], "capacity", 1)
        elif kind in _NESTED:
            total += sum(_cost(backend, one) for one in body["Statements"])
        else:
            total += _COSTS.get(kind, 1)
        for inner in ("Statement", "ScopeDownStatement"):
            if isinstance(body, dict) and body.get(inner):
                total += _cost(backend, body[inner])
    return total


def _capacity(backend: Moto, rules: list[Json]) -> int:
    """Check the rules of a web ACL and return their capacity."""
    for key in ("Name", "Priority"):
        values = [rule[key] for rule in rules]
        for value in values:
            if values.count(value) > 1:
                _invalid("You have used the same value more than once", f"RULE_{key.upper()}", str(value))
    for rule in rules:
        grouped = {"ManagedRuleGroupStatement", "RuleGroupReferenceStatement"} & set(rule["Statement"])
        if bool(rule.get("Action")) == bool(rule.get("OverrideAction")) or bool(grouped) != bool(
            rule.get("OverrideAction")
        ):
            _invalid(
                "You have used none or multiple values for a field that requires exactly one value",
                "RULE",
                rule["Name"],
            )
    total = sum(_cost(backend, rule["Statement"]) for rule in rules)
    if total > _LARGEST:
        refuse(
            "WAFLimitsExceededException",
            "AWS WAF couldn’t perform the operation because you exceeded your resource limit.",
        )
    return total


def _balancers(account: str, region: str) -> dict[str, Moto]:
    elb = loaded("moto.elbv2.models")
    return elb.elbv2_backends[account][region].load_balancers if elb else {}


def _associated(backend: Moto, acl: Moto) -> list[str]:
    """Return the load balancers that have the web ACL and are still there."""
    here = _balancers(backend.account_id, backend.region_name) if backend.region_name != "aws" else {}
    gone = [arn for arn in acl.associated_resources if ":loadbalancer/" in arn and arn not in here]
    acl.associated_resources = [arn for arn in dict.fromkeys(acl.associated_resources) if arn not in gone]
    found: list[str] = acl.associated_resources
    return found


def _distributions(account: str, acl_arn: str) -> list[str]:
    cloudfront = loaded("moto.cloudfront.models")
    known = cloudfront.cloudfront_backends[account]["aws"].distributions.values() if cloudfront else []
    return [one.arn for one in known if one.distribution_config.WebACLId == acl_arn]


def _create(original: Method, self: Moto, *args: Any, **kwargs: Any) -> Moto:
    rules = args[6] if len(args) > 6 else kwargs.get("rules", [])  # noqa: PLR2004 - the place of moto's `rules`
    capacity = _capacity(self, rules or [])
    acl = original(self, *args, **kwargs)
    acl.capacity = capacity
    return acl


def _update(original: Method, self: Moto) -> Any:
    wanted = json.loads(self.body)
    rules = wanted.get("Rules") or []
    if wanted["Scope"] == "CLOUDFRONT":
        self.region = "aws"
    capacity = _capacity(self.wafv2_backend, rules)
    answer = original(self)
    acl = self.wafv2_backend.get_web_acl(None, wanted["Name"], wanted["Id"])
    acl.capacity = capacity
    if not rules:
        acl.rules = []
    return answer


def _delete(original: Method, self: Moto, name: str, scope: str, _id: str, lock_token: str) -> None:
    acl = next((one for one in self.wacls.values() if one.id == _id and one.name == name), None)
    if (
        acl is not None
        and acl.lock_token == lock_token
        and (_associated(self, acl) or _distributions(self.account_id, acl.arn))
    ):
        refuse("WAFAssociatedItemException", _IN_USE)
    original(self, name, scope, _id, lock_token)
    if acl is not None:
        self.logging_configurations.pop(acl.arn, None)
        self.tagging_service.delete_all_tags_for_resource(acl.arn)


def _associate(original: Method, self: Moto, web_acl_arn: str, resource_arn: str) -> None:
    if ":global/" in web_acl_arn:
        _invalid("The ARN isn't valid for this operation", "RESOURCE_ARN", web_acl_arn)
    if ":loadbalancer/" in resource_arn and resource_arn not in _balancers(self.account_id, self.region_name):
        _missing()
    if web_acl_arn not in self.wacls:
        _missing()
    for acl in self.wacls.values():
        acl.associated_resources = [arn for arn in acl.associated_resources if arn != resource_arn]
    original(self, web_acl_arn, resource_arn)


def _referenced(original: Method, self: Moto, *args: Any, **kwargs: Any) -> Any:
    number = next((value for value in (*args, *kwargs.values()) if isinstance(value, str) and len(value) == 36), "")  # noqa: PLR2004 - a UUID
    for acl in self.wacls.values():
        if number and number in json.dumps([rule.statement for rule in acl.rules]):
            refuse("WAFAssociatedItemException", _IN_USE)
    return original(self, *args, **kwargs)


def _create_ip_set(original: Method, self: Moto, name: str, scope: str, *args: Any, **kwargs: Any) -> Any:
    if any(one.name == name and one.scope == scope for one in self.ip_sets.values()):
        raise WAFV2DuplicateItemException
    return original(self, name, scope, *args, **kwargs)


def _resources(_original: Method, self: Moto) -> str:
    backend = self.wafv2_backend
    acl = backend.wacls.get(self._get_param("WebACLArn"))
    if acl is None:
        _missing()
    balancers = self._get_param("ResourceType") in (None, "APPLICATION_LOAD_BALANCER")
    arns = [arn for arn in _associated(backend, acl) if (":loadbalancer/" in arn) == balancers]
    return json.dumps({"ResourceArns": arns})


def _call(original: Method, self: Moto) -> Any:
    """Refuse the scope CLOUDFRONT outside us-east-1, whatever is asked of it."""
    if self._get_param("Scope") == "CLOUDFRONT" and self.region != "us-east-1":
        reason = "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT"
        body = json.dumps({"__type": "WAFInvalidParameterException", "message": reason})
        return 400, {"Content-Type": "application/x-amz-json-1.1", "status": 400}, body
    return original(self)


def _duplicate(_original: Method, self: Moto) -> None:
    message = (
        "AWS WAF could not perform the operation because some resource in your request is a duplicate of an existing "
        "one."
    )
    JsonRESTError.__init__(self, "WAFDuplicateItemException", message)


@once
def install() -> None:
    """Make web ACLs and what they are made of behave as on AWS."""
    replaces(WAFV2DuplicateItemException, "__init__")(_duplicate)
    replace_all(
        WAFV2Backend,
        {
            "associate_web_acl": _associate,
            "create_ip_set": _create_ip_set,
            "create_web_acl": _create,
            "delete_ip_set": _referenced,
            "delete_rule_group": _referenced,
            "delete_web_acl": _delete,
        },
    )
    replaces(WAFV2Response, "call_action")(_call)
    replaces(WAFV2Response, "update_web_acl")(_update)
    replaces(WAFV2Response, "list_resources_for_web_acl")(_resources)
