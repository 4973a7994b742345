"""Who keeps a cluster from being deleted: AWS itself only says that somebody does."""

from __future__ import annotations

from ...kind import STACK, Live, Program, Raw
from . import ECS, batches

SHOWN = 10
Holders = dict[str, bool]
"""Holder in words → whether it goes by itself (see ``Kind.holders``)."""


def services(live: Live) -> Program[Holders]:
    """Find the services of the cluster; those that drain, and those of our stack, go by themselves."""
    listed = yield ECS.call("ListServices", cluster=live.id)
    found: Holders = {}
    for some in batches((listed or {}).get("serviceArns", ())[:SHOWN], SHOWN):
        answer = yield ECS.call("DescribeServices", cluster=live.id, services=some, include=["TAGS"])
        for one in (answer or {}).get("services", ()):
            ours = (ECS.read_tags(one) or {}).get(STACK) == (live.tags or {}).get(STACK)
            found[f"the service {one['serviceName']}"] = ours or one.get("status") != "ACTIVE"
    return found


def tasks(live: Live) -> Program[Holders]:
    """Find the tasks that run in the cluster; those of a service go with it."""
    arns = ((yield ECS.call("ListTasks", cluster=live.id)) or {}).get("taskArns", ())[:SHOWN]
    told = (yield ECS.call("DescribeTasks", cluster=live.id, tasks=list(arns))) if arns else {}
    return {_task(one): str(one.get("group", "")).startswith("service:") for one in (told or {}).get("tasks", ())}


def _task(raw: Raw) -> str:
    family = str(raw.get("taskDefinitionArn", "")).rsplit("/", 1)[-1]
    return f"the task {raw['taskArn'].rsplit('/', 1)[-1]} ({family})"
