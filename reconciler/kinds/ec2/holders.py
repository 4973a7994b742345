"""Who holds on to an object of EC2 that is to go: AWS itself only says that somebody does."""

from __future__ import annotations

from ...kind import STACK, Live, Program, Raw, unpairs
from . import EC2

SERVICES = ("AWS Lambda VPC ENI", "arn:aws:ecs:")
"""How the interfaces are described that services make on behalf of their user, and take away by themselves."""
REFERRING = ("ip-permission.group-id", "egress.ip-permission.group-id")
Holders = dict[str, bool]
"""Holder in words → whether it lets go by itself, once what is behind it has gone (see ``Kind.holders``)."""


def interfaces(by: str, live: Live) -> Program[Holders]:
    """Find the network interfaces that hold the object; ``by`` is the filter that names it."""
    answer = yield EC2.call("DescribeNetworkInterfaces", filters=[{"name": by, "values": [live.id]}])
    return {_interface(one): _passing(one) for one in (answer or {}).get("networkInterfaces", ())}


def referring(live: Live) -> Program[Holders]:
    """Find the other security groups whose rules name this one."""
    found: Holders = {}
    for by in REFERRING:
        answer = yield EC2.call("DescribeSecurityGroups", filters=[{"name": by, "values": [live.id]}])
        for one in (answer or {}).get("securityGroups", ()):
            if one["groupId"] != live.id:
                ours = unpairs(one.get("tags")).get(STACK) == (live.tags or {}).get(STACK)
                found[f"a rule of the security group {one['groupId']} ({one['groupName']})"] = ours
    return found


def _interface(raw: Raw) -> str:
    about = raw.get("description") or (raw.get("attachment") or {}).get("instanceId", "")
    return f"the network interface {raw['networkInterfaceId']}" + (f" ({about})" if about else "")


def _passing(raw: Raw) -> bool:
    special = raw.get("interfaceType", "interface") != "interface"
    return bool(raw.get("requesterManaged")) or special or str(raw.get("description", "")).startswith(SERVICES)
