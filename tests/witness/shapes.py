"""What Terraform's provider reads, in the shape that our fields have, where the two are not the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]

ROUTES = {
    "cidr_block": "destinationCidrBlock", "ipv6_cidr_block": "destinationIpv6CidrBlock",
    "destination_prefix_list_id": "destinationPrefixListId", "gateway_id": "gatewayId", "nat_gateway_id": "natGatewayId",
    "vpc_peering_connection_id": "vpcPeeringConnectionId", "transit_gateway_id": "transitGatewayId",
    "egress_only_gateway_id": "egressOnlyInternetGatewayId", "network_interface_id": "networkInterfaceId",
}  # fmt: skip
PEERS = {
    "cidr_blocks": "cidrIp",
    "ipv6_cidr_blocks": "cidrIpv6",
    "security_groups": "groupId",
    "prefix_list_ids": "prefixListId",
}


def routes(told: Values) -> list[dict[str, Any]]:
    """Return the routes; Terraform says the empty text for every target that a route has not."""
    return [{ours: route[its] for its, ours in ROUTES.items() if route.get(its)} for route in told["route"]]


def rules(side: str) -> Callable[[Values], list[dict[str, Any]]]:
    """Return what reads the rules of one side, each with its peer."""

    def read(told: Values) -> list[dict[str, Any]]:
        found = []
        for rule in told[side]:
            common = {"ipProtocol": rule["protocol"], "fromPort": rule["from_port"], "toPort": rule["to_port"]}
            common |= {"description": rule["description"]} if rule["description"] else {}
            found += [{**common, ours: peer} for its, ours in PEERS.items() for peer in rule[its]]
            found += [{**common, "groupId": told["id"]}] if rule["self"] else []
        return found

    return read


def actions(told: Values) -> list[dict[str, Any]]:
    """Return a listener's actions."""
    return [_action(one) for one in told["default_action"]]


def _action(one: Values) -> dict[str, Any]:
    if one["type"] == "redirect":
        (config,) = one["redirect"]
        names = {"status_code": "statusCode"}
        return {"type": "redirect", "redirectConfig": {names.get(n, n): v for n, v in config.items()}}
    if one["type"] == "fixed-response":
        (config,) = one["fixed_response"]
        names = {"content_type": "contentType", "message_body": "messageBody", "status_code": "statusCode"}
        return {"type": "fixed-response", "fixedResponseConfig": {names[n]: v for n, v in config.items()}}
    groups = [{"targetGroupArn": g["arn"], "weight": g["weight"]} for f in one["forward"] for g in f["target_group"]]
    return {
        "type": one["type"],
        "forwardConfig": {"targetGroups": groups or [{"targetGroupArn": one["target_group_arn"]}]},
    }


def containers(told: Values) -> Any:
    """Return the containers, which Terraform keeps as the API's own text, without the host's ports that AWS adds."""
    found = json.loads(told["container_definitions"])
    for ports in (one.get("portMappings", ()) for one in found):
        for port in ports:
            if port.get("hostPort") == port["containerPort"]:
                del port["hostPort"]
    return found


def parameters(told: Values) -> dict[str, str]:
    """Return the settings that are not the engine's defaults."""
    return {one["name"]: one["value"] for one in told["parameter"]}


def policy(name: str) -> Callable[[Values], Any]:
    """Return what reads a document."""
    return lambda told: json.loads(told[name])


def tracked(told: Values) -> list[dict[str, Any]]:
    """Return a scaling policy that follows a metric."""
    (config,) = told["target_tracking_scaling_policy_configuration"]
    (metric,) = config["predefined_metric_specification"]
    return [{
        "policyName": told["name"], "policyType": told["policy_type"],
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": config["target_value"], "disableScaleIn": config["disable_scale_in"],
            "scaleInCooldown": config["scale_in_cooldown"], "scaleOutCooldown": config["scale_out_cooldown"],
            "predefinedMetricSpecification": {"predefinedMetricType": metric["predefined_metric_type"]},
        },
    }]  # fmt: skip
