"""CloudWatch Logs: metric filters and saved queries."""

from __future__ import annotations

from typing import Any

from tests.emulator.checks.base import Aws, check, code

METRIC: dict[str, Any] = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
INVALID, ABSENT = "InvalidParameterException", "ResourceNotFoundException"


def put(aws: Aws, name: str = "f", pattern: str = "", **metric: Any) -> str:
    logs = aws.client("logs")
    if not logs.describe_log_groups()["logGroups"]:
        logs.create_log_group(logGroupName="/a")
    told = [METRIC | metric]
    return code(
        logs.put_metric_filter, logGroupName="/a", filterName=name, filterPattern=pattern, metricTransformations=told
    )


def saved(aws: Aws, name: str = "q", query: str = "fields 1", **more: Any) -> str:
    return str(aws.client("logs").put_query_definition(name=name, queryString=query, **more)["queryDefinitionId"])


@check("putting a metric filter again changes it")
def _(aws: Aws) -> bool:
    put(aws)
    put(aws, pattern="ERROR")
    found = aws.client("logs").describe_metric_filters(logGroupName="/a")["metricFilters"]
    group = aws.client("logs").describe_log_groups()["logGroups"][0]
    return [one["filterPattern"] for one in found] == ["ERROR"] and group["metricFilterCount"] == 1


@check("dimensions need fields, and stand beside no default")
def _(aws: Aws) -> bool:
    fields, dimensions = "{ $.a = 1 }", {"d": "$.d"}
    tried = (
        put(aws, pattern="ERROR", dimensions=dimensions),
        put(aws, pattern=fields, dimensions=dimensions, defaultValue=0.0),
        put(aws, pattern=fields, dimensions={"d": "plain"}),
        put(aws, pattern=fields, dimensions={str(n): "$.d" for n in range(4)}),
    )
    return set(tried) == {INVALID} and not put(aws, pattern=fields, dimensions=dimensions)


@check("a metric filter's pattern and value are read")
def _(aws: Aws) -> bool:
    tried = put(aws, pattern="{ $.a = 1"), put(aws, metricValue="one"), put(aws, metricName="a:b")
    return set(tried) == {INVALID}


@check("a metric filter that is not there is not found, nor one in a group that is not")
def _(aws: Aws) -> bool:
    put(aws)
    logs = aws.client("logs")
    tried = (
        code(logs.delete_metric_filter, logGroupName="/a", filterName="none"),
        code(logs.delete_metric_filter, logGroupName="/none", filterName="f"),
        code(logs.describe_metric_filters, logGroupName="/none"),
    )
    return set(tried) == {ABSENT}


@check("metric filters come in pages, by name; a group has at most a hundred")
def _(aws: Aws) -> bool:
    made = {put(aws, name=f"f{n:03}") for n in range(100)}
    pages = aws.client("logs").get_paginator("describe_metric_filters").paginate(logGroupName="/a")
    names = [[one["filterName"] for one in page["metricFilters"]] for page in pages]
    return (made, [len(page) for page in names], put(aws, name="more")) == ({""}, [50, 50], "LimitExceededException")


@check("a client token saves a query once")
def _(aws: Aws) -> bool:
    token = "t" * 40
    return saved(aws, clientToken=token) == saved(aws, clientToken=token)


@check("a saved query's parameters stand in it")
def _(aws: Aws) -> bool:
    put_query = aws.client("logs").put_query_definition
    told = {"name": "q", "parameters": [{"name": "least", "defaultValue": "1"}]}
    wrong = code(put_query, queryString="fields 1", **told)
    right = code(put_query, queryString="fields 1 | filter a > {{least}}", **told)
    (found,) = aws.client("logs").describe_query_definitions()["queryDefinitions"]
    return (wrong, right, found["parameters"]) == (INVALID, "", told["parameters"])


@check("saved queries are listed by prefix, page by page, with their defaults")
def _(aws: Aws) -> bool:
    for name in ("a/1", "a/2", "b"):
        saved(aws, name)
    ask = aws.client("logs").describe_query_definitions
    first = ask(queryDefinitionNamePrefix="a/", maxResults=1)
    rest = ask(queryDefinitionNamePrefix="a/", maxResults=1, nextToken=first["nextToken"])
    found = [*first["queryDefinitions"], *rest["queryDefinitions"]]
    told = [(one["name"], one["queryLanguage"], one["logGroupNames"]) for one in found]
    return told == [("a/1", "CWLI", []), ("a/2", "CWLI", [])] and "nextToken" not in rest
