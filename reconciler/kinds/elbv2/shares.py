"""Who gets how much of a forward's requests: git, unless a service's deployments move them between two groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...kind import Live, Raw, Wanted
from ...values import unknown
from .actions import Actions

ACTIONS = Actions()
RULES = ("productionListenerRule", "testListenerRule")
Groups = frozenset[Any]


class Moving(list[Any]):
    """Actions of git, with the target groups between which deployments move requests."""

    rules: Mapping[str, Groups]
    """By the rule whose shares ECS writes."""
    deployed: Groups
    """Groups of services that CodeDeploy deploys: it is not said in ECS which rules it writes, nor what the others are."""

    def owned(self, ids: Iterable[Any], named: Groups) -> Groups:
        """Return the groups whose shares in this rule are not git's, ``named`` being those of the forward."""
        by_rule = frozenset[Any]().union(*(self.rules.get(one, ()) for one in ids))
        return by_rule | (named if named & self.deployed else frozenset())


def moving(want: Wanted, name: str, siblings: Mapping[str, Wanted]) -> Wanted:
    """Let the actions know what services of the stack say about the rules whose shares their deployments write."""
    if not isinstance(want.get(name), list):
        return want
    services = [other for address, other in siblings.items() if address.startswith("ECSService/")]
    actions = Moving(want[name])
    actions.rules = {}
    for rule, groups in (claim for service in services for claim in _claims(service)):
        actions.rules[rule] = actions.rules.get(rule, frozenset()) | groups
    by_code = [s for s in services if (s.get("deploymentController") or {}).get("type") == "CODE_DEPLOY"]
    actions.deployed = frozenset(b.get("targetGroupArn") for s in by_code for b in s.get("loadBalancers") or ())
    return replace(want, spec={**want.spec, name: actions})


def _claims(service: Wanted) -> Iterator[tuple[str, Groups]]:
    rolling = (service.get("deploymentConfiguration") or {}).get("strategy") == "ROLLING"
    for balancer in () if rolling else service.get("loadBalancers") or ():
        advanced = balancer.get("advancedConfiguration") or {}
        groups = frozenset((balancer.get("targetGroupArn"), advanced.get("alternateTargetGroupArn")))
        yield from ((advanced[rule], groups) for rule in RULES if isinstance(advanced.get(rule), str))


def kept(want: Wanted, live: Live, name: str) -> Wanted:
    """Return what is wanted with the shares that are not git's as they are."""
    actions = want.get(name)
    if not isinstance(actions, Moving) or unknown(actions):
        return want
    wanted, have = ACTIONS.canon(actions), ACTIONS.canon(live.spec.get(name) or ())
    if len(wanted) != len(have):
        return want
    ids = (live.id, live.raw.get("defaultRuleArn"))
    told = [_kept(w, h, actions, ids) for w, h in zip(wanted, have, strict=True)]
    return replace(want, spec={**want.spec, name: told})


def _kept(wanted: dict[str, Any], have: Raw, actions: Moving, ids: Iterable[Any]) -> dict[str, Any]:
    if wanted["type"] != "forward" or have["type"] != "forward":
        return wanted
    shares = have["forwardConfig"]["targetGroups"]
    named, found = (
        frozenset(g["targetGroupArn"] for g in groups) for groups in (wanted["forwardConfig"]["targetGroups"], shares)
    )
    if named | found <= actions.owned(ids, named):
        return {**wanted, "forwardConfig": {**wanted["forwardConfig"], "targetGroups": shares}}
    return wanted
