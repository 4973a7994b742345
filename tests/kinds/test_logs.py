"""Metric filters and saved queries: Logs has no tags for them, so a mark near each says whose it is."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import DesiredError
from reconciler.kinds.logs.marks import commented, tag_key, uncommented
from reconciler.steps import Action
from tests.support import Lab, document, only, open_steps

PRUNING = {"prune": True, "maxDeletes": 9}
METRIC: dict[str, Any] = {"metricName": "Errors", "metricNamespace": "App", "metricValue": "1"}
GROUP = document("LogGroup", "/app", {}, deletion="delete")
PLAIN = {"logGroupName": "/app", "filterPattern": "", "metricTransformations": [METRIC]}


def errors(
    name: str = "errors", pattern: str = "ERROR", group: str = "${LogGroup//app}", **metric: Any
) -> dict[str, Any]:
    told = {"logGroupName": group, "filterPattern": pattern, "metricTransformations": [METRIC | metric]}
    return document("MetricFilter", name, told)


def slowest(query: str = "fields @message\n| limit 20\n", **spec: Any) -> dict[str, Any]:
    return document("QueryDefinition", "slowest", {"queryString": query, **spec})


def filters(lab: Lab) -> dict[str, Any]:
    return {one["filterName"]: one for one in lab.client("logs").describe_metric_filters()["metricFilters"]}


def queries(lab: Lab) -> dict[str, Any]:
    return {one["name"]: one for one in lab.client("logs").describe_query_definitions()["queryDefinitions"]}


def group_tags(lab: Lab) -> dict[str, str]:
    logs = lab.client("logs")
    arn = logs.describe_log_groups(logGroupNamePrefix="/app")["logGroups"][0]["logGroupArn"]
    return dict(logs.list_tags_for_resource(resourceArn=arn)["tags"])


def marks(lab: Lab) -> dict[str, str]:
    return {key: value for key, value in group_tags(lab).items() if key.startswith("reconciler:filter:")}


def test_a_filter_that_git_forgets_goes_with_its_mark_and_those_of_others_stay(lab: Lab) -> None:
    lab.apply(lab.stack([GROUP, errors()]))
    assert marks(lab) == {"reconciler:filter:errors": "address=MetricFilter/errors stack=lab"}
    lab.client("logs").put_metric_filter(filterName="theirs", **PLAIN)
    _, left = lab.apply(lab.stack([GROUP], policy=PRUNING))
    assert open_steps(left) == []
    assert (list(filters(lab)), marks(lab)) == (["theirs"], {})


def test_a_filter_of_somebody_else_is_taken_over_only_on_demand(lab: Lab) -> None:
    lab.apply(lab.stack([GROUP]))
    lab.client("logs").put_metric_filter(filterName="errors", **PLAIN)
    _, plan = lab.apply(lab.stack([GROUP, errors()]))
    assert [s.action for s in plan.steps if s.address == "MetricFilter/errors"] == [Action.REFUSED]
    assert filters(lab)["errors"]["filterPattern"] == ""
    taking = {**errors(), "lifecycle": {"adopt": True}}
    _, left = lab.apply(lab.stack([GROUP, taking]))
    assert open_steps(left) == []
    assert filters(lab)["errors"]["filterPattern"] == "ERROR"


def test_a_filter_in_a_group_that_is_not_ours_leaves_the_group_to_its_owner(lab: Lab) -> None:
    lab.client("logs").create_log_group(logGroupName="/app", tags={"team": "theirs"})
    _, left = lab.apply(lab.stack([errors(group="/app"), errors("more", group="/app")]))
    assert open_steps(left) == []
    assert "reconciler:stack" not in group_tags(lab)
    _, left = lab.apply(lab.stack([errors("more", group="/app")], policy=PRUNING))
    assert open_steps(left) == []
    assert (list(filters(lab)), group_tags(lab)["team"]) == (["more"], "theirs")


def test_a_mark_whose_filter_is_gone_is_cleared_away(lab: Lab) -> None:
    long = "e" * 300
    both = [GROUP, errors(), {**errors("long"), "spec": {**errors()["spec"], "filterName": long}}]
    lab.apply(lab.stack(both))
    for name in ("errors", long):
        lab.client("logs").delete_metric_filter(logGroupName="/app", filterName=name)
    assert sorted(marks(lab)) == sorted([tag_key("errors"), tag_key(long)])
    _, left = lab.apply(lab.stack([GROUP], policy=PRUNING))
    assert open_steps(left) == []
    assert marks(lab) == {}


def test_a_filter_that_was_deleted_comes_back(lab: Lab) -> None:
    stack = lab.stack([GROUP, errors()])
    lab.apply(stack)
    lab.client("logs").delete_metric_filter(logGroupName="/app", filterName="errors")
    _, left = lab.apply(stack)
    assert open_steps(left) == []
    assert filters(lab)["errors"]["filterPattern"] == "ERROR"


def test_what_git_does_not_say_of_a_filter_stays(lab: Lab) -> None:
    lab.apply(lab.stack([GROUP, errors()]))
    told = {"logGroupName": "/app", "filterName": "errors", "filterPattern": "ERROR"}
    theirs = [{**METRIC, "unit": "Count", "defaultValue": 0.0}]
    lab.client("logs").put_metric_filter(**told, metricTransformations=theirs)
    assert open_steps(lab.plan(lab.stack([GROUP, errors()]))[1]) == []
    lab.apply(lab.stack([GROUP, errors(metricValue="2")]))
    (metric,) = filters(lab)["errors"]["metricTransformations"]
    assert (metric["metricValue"], metric["unit"], metric["defaultValue"]) == ("2", "Count", 0.0)
    lab.apply(lab.stack([GROUP, errors(pattern="{ $.a = 1 }", dimensions={"A": "$.a"})]))
    (metric,) = filters(lab)["errors"]["metricTransformations"]
    assert (metric["dimensions"], "defaultValue" in metric) == ({"A": "$.a"}, False)


def test_groups_without_filters_cost_nothing(lab: Lab) -> None:
    lab.apply(lab.stack([GROUP]))
    lab.aws.forget_wire()
    lab.plan(lab.stack([GROUP]))
    assert [w.operation for w in lab.aws.wire if "MetricFilter" in w.operation] == []


@pytest.mark.parametrize(
    ("pattern", "metric", "said"),
    [
        ("ERROR", {"dimensions": {"A": "$.a"}}, "filterPattern with fields"),
        ("{ $.a = 1 }", {"dimensions": {"A": "$.a"}, "defaultValue": 0}, "cannot stand beside defaultValue"),
        ("{ $.a = 1 }", {"dimensions": {str(n): "$.a" for n in range(4)}}, "AWS takes 3"),
        ("", {"metricValue": "one"}, "metricValue"),
    ],
)
def test_what_aws_would_refuse_is_found_offline(lab: Lab, pattern: str, metric: dict[str, Any], said: str) -> None:
    with pytest.raises(DesiredError, match=said.replace("[", r"\[")):
        lab.stack([GROUP, errors(pattern=pattern, **metric)])


def test_a_query_keeps_its_name_and_says_at_its_end_whose_it_is(lab: Lab) -> None:
    world, _ = lab.apply(lab.stack([slowest()]))
    saved = queries(lab)["slowest"]["queryString"]
    mark = "# reconciler:address=QueryDefinition/slowest reconciler:stack=lab"
    assert saved == f"fields @message\n| limit 20\n{mark}"
    assert only(world, "QueryDefinition/slowest").spec["queryString"] == "fields @message\n| limit 20"


def test_a_query_that_git_forgets_goes_and_those_of_others_stay(lab: Lab) -> None:
    lab.client("logs").put_query_definition(name="theirs", queryString="fields 1")
    lab.apply(lab.stack([GROUP, slowest()]))
    _, left = lab.apply(lab.stack([GROUP], policy=PRUNING))
    assert open_steps(left) == []
    assert list(queries(lab)) == ["theirs"]


def test_a_query_whose_mark_somebody_took_away_is_nobodys(lab: Lab) -> None:
    lab.apply(lab.stack([slowest()]))
    number = queries(lab)["slowest"]["queryDefinitionId"]
    lab.client("logs").put_query_definition(name="slowest", queryDefinitionId=number, queryString="fields 1")
    _, plan = lab.apply(lab.stack([slowest()]))
    assert [s.action for s in plan.steps] == [Action.REFUSED]
    _, left = lab.apply(lab.stack([{**slowest(), "lifecycle": {"adopt": True}}]))
    assert open_steps(left) == []
    assert queries(lab)["slowest"]["queryDefinitionId"] == number


def test_a_query_is_renamed_in_place(lab: Lab) -> None:
    lab.apply(lab.stack([slowest()]))
    number = queries(lab)["slowest"]["queryDefinitionId"]
    _, left = lab.apply(lab.stack([slowest(name="folder/slowest")]))
    assert open_steps(left) == []
    assert {name: one["queryDefinitionId"] for name, one in queries(lab).items()} == {"folder/slowest": number}


def test_marking_a_query_keeps_what_was_just_saved(lab: Lab) -> None:
    """A change writes the fields and then the tags, of an object that was read before both."""
    world, _ = lab.apply(lab.stack([slowest()]))
    before = only(world, "QueryDefinition/slowest")
    world, _ = lab.apply(lab.stack([slowest(query="fields @timestamp")]))
    kind = world.kinds["QueryDefinition"]
    engine = lab.engine(lab.stack([slowest()]))
    engine.aws.run(kind.tag(before, {"reconciler:commit": "abc"}))
    text, tags = uncommented(queries(lab)["slowest"]["queryString"])
    assert (text, tags["reconciler:commit"], tags["reconciler:stack"]) == ("fields @timestamp", "abc", "lab")


def test_a_comment_of_the_author_is_not_taken_for_a_mark() -> None:
    query = "fields 1\n# see reconciler:stack=x"
    assert uncommented(query) == (query, {})
    assert uncommented(commented(query, {"reconciler:stack": "x"})) == (query, {"reconciler:stack": "x"})
