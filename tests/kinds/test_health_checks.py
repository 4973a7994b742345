"""Health checks: whose they are from the first moment, and what cannot change."""

from __future__ import annotations

from typing import Any

import pytest

import reconciler.engine
from reconciler.emulator.faults import Crash, Faults, How
from reconciler.errors import DesiredError
from reconciler.steps import Action
from tests.faults.serial import Serial
from tests.support import Lab, document, only, open_steps

PRUNING = {"prune": True, "maxDeletes": 9, "maxReplaces": 9}


def health(name: str = "api", **config: Any) -> dict[str, Any]:
    told = {"type": "HTTP", "fullyQualifiedDomainName": "api.example.com", **config}
    return document("HealthCheck", name, {"healthCheckConfig": told}, deletion="delete", replacement="allow")


def all_of(lab: Lab) -> list[Any]:
    return list(lab.client("route53").list_health_checks()["HealthChecks"])


def tags(lab: Lab, number: str) -> dict[str, str]:
    answer = lab.client("route53").list_tags_for_resource(ResourceType="healthcheck", ResourceId=number)
    return {tag["Key"]: tag["Value"] for tag in answer["ResourceTagSet"]["Tags"]}


def dies_untagged(lab: Lab, monkeypatch: pytest.MonkeyPatch, *documents: dict[str, Any]) -> None:
    """Let a run die between the health check's birth and its tags."""
    monkeypatch.setattr(reconciler.engine, "ThreadPoolExecutor", Serial)
    Faults(lab.aws).at_write(0, How.CRASH_AFTER)
    with pytest.raises(Crash):
        lab.apply(lab.stack(documents, policy=PRUNING))


def test_one_that_was_not_tagged_any_more_is_known_all_the_same(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    dies_untagged(lab, monkeypatch, health())
    (made,) = all_of(lab)
    assert tags(lab, made["Id"]) == {}
    _, left = lab.apply(lab.stack([health()]))
    assert open_steps(left) == []
    assert [one["Id"] for one in all_of(lab)] == [made["Id"]]
    assert tags(lab, made["Id"])["reconciler:address"] == "HealthCheck/api"


def test_so_is_a_replacement_that_was_not_tagged_any_more(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.apply(lab.stack([health()]))
    (old,) = all_of(lab)
    dies_untagged(lab, monkeypatch, health(requestInterval=10))
    assert len(all_of(lab)) == len(("old", "new"))
    _, left = lab.apply(lab.stack([health(requestInterval=10)], policy=PRUNING))
    assert open_steps(left) == []
    (new,) = all_of(lab)
    assert new["Id"] != old["Id"]
    assert new["HealthCheckConfig"]["RequestInterval"] == 10


def test_one_that_git_has_forgotten_before_it_was_tagged_goes(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    dies_untagged(lab, monkeypatch, health("forgotten"))
    _, left = lab.apply(lab.stack([health("kept", fullyQualifiedDomainName="kept.example.com")], policy=PRUNING))
    assert open_steps(left) == []
    assert [one["HealthCheckConfig"]["FullyQualifiedDomainName"] for one in all_of(lab)] == ["kept.example.com"]


def test_those_of_other_stacks_and_people_are_left_alone(lab: Lab) -> None:
    config = {"Type": "HTTP", "FullyQualifiedDomainName": "theirs.example.com"}
    lab.client("route53").create_health_check(CallerReference="theirs", HealthCheckConfig=config)
    lab.apply(lab.stack([health()], name="other"))
    lab.apply(lab.stack([health(), health("more")]))
    _, left = lab.apply(lab.stack([health("more")], policy=PRUNING))
    assert open_steps(left) == []
    assert len(all_of(lab)) == len(("theirs", "the other stack's", "more"))


def test_tags_are_asked_for_ten_at_a_time_and_only_ours(lab: Lab) -> None:
    config = {"Type": "HTTP", "FullyQualifiedDomainName": "theirs.example.com"}
    for n in range(5):
        lab.client("route53").create_health_check(CallerReference=f"theirs-{n}", HealthCheckConfig=config)
    stack = lab.stack([health(f"c{n:02}") for n in range(12)])
    lab.apply(stack)
    lab.aws.forget_wire()
    assert open_steps(lab.plan(stack)[1]) == []
    asked = [w for w in lab.aws.wire if w.operation == "ListTagsForResources"]
    assert [len(w.params["ResourceIds"]) for w in asked] == [10, 2]
    assert len(lab.aws.wire) == len(asked) + len([w for w in lab.aws.wire if w.service != "route53"]) + 1


@pytest.mark.parametrize("config", [{"requestInterval": 10}, {"measureLatency": True}, {"ipAddress": "44.192.0.10"}])
def test_what_cannot_change_makes_another_one(lab: Lab, config: dict[str, Any]) -> None:
    lab.apply(lab.stack([health()]))
    _, plan = lab.plan(lab.stack([health(**config)], policy=PRUNING))
    assert [s.action for s in plan.steps] == [Action.REPLACE]


def test_what_is_not_declared_stays_as_somebody_set_it(lab: Lab) -> None:
    lab.apply(lab.stack([health(resourcePath="/a")]))
    (made,) = all_of(lab)
    lab.client("route53").update_health_check(HealthCheckId=made["Id"], FailureThreshold=7, Port=81)
    _, plan = lab.plan(lab.stack([health(resourcePath="/a")]))
    assert open_steps(plan) == []
    lab.apply(lab.stack([health(resourcePath="/b")]))
    config = all_of(lab)[0]["HealthCheckConfig"]
    assert (config["ResourcePath"], config["FailureThreshold"], config["Port"]) == ("/b", 7, 81)


def test_status_tells_what_the_checkers_see(lab: Lab) -> None:
    stack = lab.stack([health(fullyQualifiedDomainName="broken.example.com"), health("well")])
    world, _ = lab.apply(stack)
    engine = lab.engine(stack)
    kind = world.kinds["HealthCheck"]
    broken, well = only(world, "HealthCheck/api"), only(world, "HealthCheck/well")
    assert engine.aws.run(kind.inspect(broken)) == "8 of 8 checkers say: Failure: Connection timed out."
    assert engine.aws.run(kind.inspect(well)) == ""


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"type": "TCP"}, "port: is missing"),
        ({"type": "HTTP_STR_MATCH"}, "searchString: is missing"),
        ({"searchString": "ok"}, "searchString: does not belong to a health check of type HTTP"),
        ({"type": "CALCULATED"}, "fullyQualifiedDomainName: does not belong"),
        ({"type": "CLOUDWATCH_METRIC"}, "alarmIdentifier: is missing"),
        ({"ipAddress": "10.0.0.1"}, "10.0.0.1 cannot be reached"),
        ({"ipAddress": "nowhere"}, '"nowhere" is not an address'),
        ({"regions": ["us-east-1"]}, "regions"),
    ],
)
def test_what_does_not_go_together_is_found_offline(lab: Lab, config: dict[str, Any], said: str) -> None:
    with pytest.raises(DesiredError) as found:
        lab.stack([health(**config)])
    part, _, message = said.partition(": ")
    assert part in str(found.value)
    assert message in str(found.value)
