"""Who decides how many tasks run, and where: git, autoscaling, its schedule, and capacity providers."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from tests.engine.small import FREE, POLICY, Docs, but, run, served
from tests.support import Lab, document, only, open_steps

SPOT = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
WHERE = {"ServiceNamespace": "ecs", "ResourceId": "service/main/web", "ScalableDimension": "ecs:service:DesiredCount"}
NIGHT = {
    "scheduledActionName": "night",
    "schedule": "cron(0 20 ? * MON-FRI *)",
    "timezone": "Europe/Berlin",
    "scalableTargetAction": {"minCapacity": 0, "maxCapacity": 0},
}


def running(where: dict[str, Any], **cluster: Any) -> Docs:
    """A service whose tasks run as ``where`` says."""
    providers = {"capacityProviders": ["FARGATE", "FARGATE_SPOT"], **cluster}
    documents = but(but(served(), "ECSCluster", providers), "ECSService", where)
    return [_without_type(d) if d["kind"] == "ECSService" and "launchType" not in where else d for d in documents]


def _without_type(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "spec": {k: v for k, v in one["spec"].items() if k != "launchType"}}


def scaled(documents: Docs, *actions: dict[str, Any]) -> Docs:
    """The service, its number of tasks in the hands of autoscaling."""
    target = {
        "serviceNamespace": "ecs",
        "resourceId": "service/${ECSCluster/main}/${ECSService/web}",
        "scalableDimension": "ecs:service:DesiredCount",
        "minCapacity": 2,
        "maxCapacity": 6,
        "scheduledActions": list(actions),
    }
    return [*documents, document("ScalableTarget", "web", target, **FREE)]


def apply(lab: Lab, documents: Docs) -> None:
    lab.aws.forget_wire()
    assert run(lab, lab.stack(documents, policy=POLICY))["result"] == "done"
    lab.clock.sleep(5)


def service(lab: Lab) -> Any:
    (found,) = lab.client("ecs").describe_services(cluster="main", services=["web"])["services"]
    return found


def sent(lab: Lab) -> list[dict[str, Any]]:
    """What every update of the service has said."""
    return [dict(w.params) for w in lab.aws.wire if w.operation == "UpdateService"]


def somebody_sets(lab: Lab, count: int) -> None:
    lab.client("ecs").update_service(cluster="main", service="web", desiredCount=count)
    lab.clock.sleep(5)


def differences(lab: Lab, documents: Docs) -> list[tuple[str, Any, Any]]:
    plan = lab.plan(lab.stack(documents, policy=POLICY))[1]
    return [(d.path, d.live, d.desired) for s in plan.steps for d in s.differences]


def test_h43_a_launch_type_becomes_a_strategy_in_place_and_at_once(lab: Lab) -> None:
    apply(lab, running({"launchType": "FARGATE"}))
    before = service(lab)
    apply(lab, running({"capacityProviderStrategy": SPOT}))
    after = service(lab)
    assert (after["serviceArn"], after["createdAt"]) == (before["serviceArn"], before["createdAt"])
    assert [told["forceNewDeployment"] for told in sent(lab)] == [True]
    assert {one["capacityProvider"]: one["weight"] for one in after["capacityProviderStrategy"]} == {
        "FARGATE": 1,
        "FARGATE_SPOT": 3,
    }
    assert after["deployments"][0]["id"] != before["deployments"][0]["id"]
    assert after["deployments"][0]["capacityProviderStrategy"] == after["capacityProviderStrategy"]


def test_h43_a_strategy_becomes_a_launch_type_in_place(lab: Lab) -> None:
    apply(lab, running({"capacityProviderStrategy": SPOT}))
    before = service(lab)
    apply(lab, running({"launchType": "FARGATE"}))
    after = service(lab)
    assert (after["createdAt"], after["launchType"]) == (before["createdAt"], "FARGATE")
    assert not after["capacityProviderStrategy"]
    assert [(told["capacityProviderStrategy"], told["forceNewDeployment"]) for told in sent(lab)] == [([], True)]
    assert "ecs:DeleteService" not in lab.boto_writes()


@pytest.mark.parametrize("told", [{}, {"capacityProviderStrategy": []}], ids=["nothing said", "empty"])
def test_h43_the_cluster_s_strategy_that_aws_echoes_is_no_drift(told: dict[str, Any], lab: Lab) -> None:
    documents = running(told, defaultCapacityProviderStrategy=SPOT)
    apply(lab, documents)
    assert len(service(lab)["capacityProviderStrategy"]) == len(SPOT)
    assert differences(lab, documents) == []


def test_h43_an_empty_strategy_returns_from_another_one_and_nothing_said_does_not(lab: Lab) -> None:
    apply(lab, running({"capacityProviderStrategy": SPOT}))
    assert differences(lab, running({})) == []
    apply(lab, running({"capacityProviderStrategy": []}))
    assert not service(lab)["capacityProviderStrategy"]


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ([{"capacityProvider": "spare", "weight": 1}], "ECSCluster/main does not have spare"),
        ([{"capacityProvider": "FARGATE", "weight": 0}], "no provider has a weight"),
        ([{**one, "base": 1} for one in SPOT], "only one provider can have a base"),
    ],
)
def test_h43_what_aws_would_refuse_is_said_offline(strategy: list[dict[str, Any]], said: str, lab: Lab) -> None:
    with pytest.raises(DesiredError, match=said):
        lab.stack(running({"capacityProviderStrategy": strategy}), policy=POLICY)


def test_h02_a_count_within_the_bounds_is_autoscaling_s_and_no_update_carries_one(lab: Lab) -> None:
    apply(lab, scaled(served()))
    somebody_sets(lab, 5)
    assert differences(lab, scaled(served())) == []
    apply(lab, scaled(served(image="nginx:2")))
    assert sent(lab)
    assert not any("desiredCount" in told for told in sent(lab))
    assert service(lab)["desiredCount"] == 5


def test_h02_a_count_outside_the_bounds_is_drift_and_goes_to_the_nearest(lab: Lab) -> None:
    apply(lab, scaled(served()))
    somebody_sets(lab, 9)
    assert differences(lab, scaled(served())) == [("desiredCount", 9, 6)]
    apply(lab, scaled(served()))
    assert service(lab)["desiredCount"] == 6


def test_h02_without_autoscaling_the_count_is_git_s(lab: Lab) -> None:
    apply(lab, served())
    somebody_sets(lab, 4)
    assert differences(lab, served()) == [("desiredCount", 4, 1)]
    apply(lab, served())
    assert service(lab)["desiredCount"] == 1


def test_h02_a_schedule_may_stop_the_service_out_of_hours(lab: Lab) -> None:
    documents = scaled(served(), NIGHT)
    apply(lab, documents)
    scaling = lab.client("application-autoscaling")
    scaling.register_scalable_target(MinCapacity=0, MaxCapacity=0, **WHERE)
    lab.clock.sleep(5)
    assert service(lab)["desiredCount"] == 0
    assert differences(lab, documents) == []
    apply(lab, but(documents, "ScalableTarget", {"tags": {"team": "night"}}))
    live = only(lab.plan(lab.stack(documents, policy=POLICY))[0], "ScalableTarget/web")
    assert (live.spec["minCapacity"], live.spec["maxCapacity"], service(lab)["desiredCount"]) == (0, 0, 0)
    scaling.register_scalable_target(MinCapacity=1, MaxCapacity=6, **WHERE)
    assert differences(lab, documents) == [("minCapacity", 1, 2)]
    apply(lab, documents)
    assert open_steps(lab.plan(lab.stack(documents, policy=POLICY))[1]) == []


def test_h02_a_daemon_has_no_count(lab: Lab) -> None:
    with pytest.raises(DesiredError, match="a DAEMON runs one task an instance"):
        lab.stack(but(served(), "ECSService", {"schedulingStrategy": "DAEMON"}), policy=POLICY)
