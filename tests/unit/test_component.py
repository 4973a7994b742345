"""Components: what a use stands for, where it is written, and what is wrong with either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler import graph
from reconciler.desired import load_documents
from reconciler.errors import DesiredError
from reconciler.expressions import Reference, Template
from reconciler.files import Folder
from tests.unit.folders import head, load, problems, spec, write

LOGS = """\
apiVersion: reconciler/v1
kind: Component
metadata: {name: Logs}
spec:
  description: Two log groups.
  parameters:
    days: {type: integer, description: Days., minimum: 1}
    prefix: {type: string, description: Where., default: "/${system}/${name}"}
    key: {type: string, description: The key., default: null}
    tags: {type: object, description: Tags., default: {}}
    second: {type: boolean, description: Whether there are two., default: false}
  resources:
    - kind: LogGroup
      name: ${name}
      spec: {logGroupName: "${prefix}/one", retentionInDays: "${days}", kmsKeyId: "${key}", tags: "${tags}"}
    - kind: LogGroup
      name: ${name}-two
      when: {second: true}
      lifecycle: {dependsOn: ["LogGroup/${name}"]}
      spec: {logGroupName: "${prefix}/two", retentionInDays: "${days}"}
    - kind: Alarm
      name: ${name}-alarm
      unless: {second: true}
      spec:
        alarmDescription: of ${group}
        namespace: a
        metricName: b
        statistic: Sum
        period: 60
        threshold: 1
        evaluationPeriods: 1
        comparisonOperator: GreaterThanThreshold
        alarmActions: ["one", "${actions}", "last"]
""".replace(
    "    second:",
    """\
    group: {type: string, description: Which., default: "${LogGroup/${name}:arn}"}
    actions: {type: array, description: Told., default: ["${name}"]}
    second:""",
)
USE = "apiVersion: reconciler/v1\nkind: Logs\nmetadata: {name: app}\nspec:\n  days: 7\n"
STACK = head("variables: {system: shop, days: 14}")


def made(folder: Path, use: str = USE, stack: str = STACK, component: str = LOGS) -> Any:
    return load(write(folder, stack=stack, logs=component, use=use))


def wrong(folder: Path, use: str = USE, component: str = LOGS, stack: str = STACK) -> list[str]:
    return problems(write(folder, stack=stack, logs=component, use=use))


def test_a_use_becomes_the_resources_of_its_component(tmp_path: Path) -> None:
    stack = made(tmp_path)
    assert list(stack.resources) == ["LogGroup/app", "Alarm/app-alarm"]
    assert spec(stack) == {"logGroupName": "/shop/app/one", "retentionInDays": 7, "tags": {}}


def test_what_is_given_keeps_its_type_and_its_references(tmp_path: Path) -> None:
    use = USE.replace("days: 7", 'days: "${days}"\n  key: "${Key/k:arn}"\n  tags: {a: b}')
    key = "---\napiVersion: reconciler/v1\nkind: Key\nmetadata: {name: k}\n"
    found = spec(made(tmp_path, use + key))
    assert (found["retentionInDays"], found["tags"]) == (14, {"a": "b"})
    assert found["kmsKeyId"] == Template((Reference("Key", "k", "arn"),))


def test_a_parameter_that_nobody_gives_takes_its_field_along(tmp_path: Path) -> None:
    assert "kmsKeyId" not in spec(made(tmp_path))
    assert "kmsKeyId" not in spec(made(tmp_path, USE + "  key: null\n"))


def test_null_is_no_value_whatever_the_default(tmp_path: Path) -> None:
    """A patch with null says the other thing: as if nobody had given it."""
    with_default = LOGS.replace("description: The key., default: null", "description: The key., default: alias/one")
    assert spec(made(tmp_path, component=with_default))["kmsKeyId"] == "alias/one"
    assert "kmsKeyId" not in spec(made(tmp_path, USE + "  key: null\n", component=with_default))


def test_conditions_choose_resources(tmp_path: Path) -> None:
    stack = made(tmp_path, USE + "  second: true\n")
    assert list(stack.resources) == ["LogGroup/app", "LogGroup/app-two"]
    assert stack.resources["LogGroup/app-two"].lifecycle.depends_on == ("LogGroup/app",)


def test_references_within_a_component_are_named_by_the_use(tmp_path: Path) -> None:
    alarm = spec(made(tmp_path), "Alarm/app-alarm")
    assert alarm["alarmDescription"] == Template(("of ", Reference("LogGroup", "app", "arn")))
    assert alarm["alarmActions"] == ["one", "app", "last"]


def test_a_list_is_spliced_into_a_list(tmp_path: Path) -> None:
    stack = made(tmp_path, USE + "  actions: [a, b]\n")
    assert spec(stack, "Alarm/app-alarm")["alarmActions"] == ["one", "a", "b", "last"]
    assert stack.resources["Alarm/app-alarm"].document.mark(("spec", "alarmActions", 2)).line == 6


def test_the_graph_of_documents_knows_uses_and_leaves_out_what_follows(tmp_path: Path) -> None:
    use = USE.replace("days: 7", "days: 7\n  key: '${Key/k:arn}'\n  tags: {a: '${Secret/s:arn}'}")
    others = (
        "---\napiVersion: reconciler/v1\nkind: Key\nmetadata: {name: k}\n"
        "---\napiVersion: reconciler/v1\nkind: Secret\nmetadata: {name: s}\nspec: {value: external, kmsKeyId: '${Key/k}'}\n"
    )
    stack = made(tmp_path, use + others)
    assert graph.documents(stack) == {"Logs/app": ["Secret/s"], "Key/k": [], "Secret/s": ["Key/k"]}
    assert graph.resources(stack)["LogGroup/app"] == ["Key/k", "Secret/s"]


APP = """\
apiVersion: reconciler/v1
kind: Component
metadata: {name: App}
spec:
  parameters:
    keep: {type: integer, description: Days.}
  resources:
    - kind: Logs
      name: ${name}-web
      spec: {days: "${keep}", prefix: "/app/${name}"}
"""
OUTER = "apiVersion: reconciler/v1\nkind: App\nmetadata: {name: shop}\nspec:\n  keep: 14\n"


def test_a_component_may_consist_of_others(tmp_path: Path) -> None:
    write(tmp_path, app=APP)
    patch = "patches: [{target: {kind: Logs, name: shop-web}, patch: {spec: {tags: {a: b}}}}]"
    stack = made(tmp_path, OUTER, head(f"variables: {{system: shop}}\n{patch}"))
    assert spec(stack, "LogGroup/shop-web") == {
        "logGroupName": "/app/shop/one",
        "retentionInDays": 14,
        "tags": {"a": "b"},
    }
    place = stack.resources["LogGroup/shop-web"].place
    assert [(Path(place(p).file).name, place(p).line) for p in ("retentionInDays", "logGroupName")] == [
        ("use.yaml", 5), ("use.yaml", 1),
    ]  # fmt: skip
    assert list(graph.documents(stack)) == ["App/shop"]


def test_a_component_that_consists_of_itself_is_refused(tmp_path: Path) -> None:
    ring = LOGS.replace("    - kind: Alarm", "    - kind: App\n      name: x\n      spec: {keep: 1}\n    - kind: Alarm")
    write(tmp_path, app=APP)
    assert [said for said in wrong(tmp_path, OUTER, ring) if "consists of itself" in said] == [
        "app.yaml:3:18  Component/App metadata.name: consists of itself, and would never end. Take it out of its resources, or of theirs",
        "logs.yaml:3:18  Component/Logs metadata.name: consists of itself, and would never end. Take it out of its resources, or of theirs",
    ]


def test_what_grows_without_bounds_is_refused(tmp_path: Path) -> None:
    level = APP.replace(
        '    - kind: Logs\n      name: ${name}-web\n      spec: {days: "${keep}", prefix: "/app/${name}"}\n', ""
    )
    inner = "".join(f"    - {{kind: LogGroup, name: '${{name}}-{i}'}}\n" for i in range(30))
    text = level.replace("App}", "L0}") + inner
    for depth in range(1, 4):
        uses = "".join(f"    - {{kind: L{depth - 1}, name: '${{name}}-{i}', spec: {{keep: 1}}}}\n" for i in range(30))
        text += f"---\n{level.replace('App}', f'L{depth}}}')}{uses}"
    (said,) = wrong(tmp_path, OUTER.replace("App", "L3"), text)
    assert "more than 10,000 documents come of the components of this stack" in said


def test_two_uses_stand_beside_each_other(tmp_path: Path) -> None:
    stack = made(tmp_path, f"{USE}---\n{USE.replace('app', 'other')}")
    assert spec(stack, "LogGroup/other")["logGroupName"] == "/shop/other/one"
    assert len(stack.resources) == 4


def test_a_use_is_patched_before_and_its_resources_after(tmp_path: Path) -> None:
    patches = (
        "patches: [{target: {kind: Logs, name: app}, patch: {spec: {days: 30}}}, "
        "{target: {kind: LogGroup, name: app}, patch: {spec: {tags: {c: d}}}}]"
    )
    found = spec(made(tmp_path, stack=head(f"variables: {{system: shop}}\n{patches}")))
    assert (found["retentionInDays"], found["tags"]) == (30, {"c": "d"})


def test_changes_point_to_the_line_that_somebody_wrote_for_this_resource(tmp_path: Path) -> None:
    resource = made(tmp_path).resources["LogGroup/app"]
    where = {path: (Path(mark.file).name, mark.line) for path in ("retentionInDays", "logGroupName", "tags")
             for mark in [resource.place(path)]}  # fmt: skip
    assert where == {"retentionInDays": ("use.yaml", 5), "logGroupName": ("use.yaml", 1), "tags": ("use.yaml", 1)}
    assert (Path(resource.mark.file).name, resource.mark.line) == ("use.yaml", 1)


def test_a_fault_in_what_is_given_is_found_where_it_is_given(tmp_path: Path) -> None:
    use = USE.replace("days: 7", "day: 7\n  second: 'yes'")
    assert wrong(tmp_path, use) == [
        'use.yaml:5:3  Logs/app spec.day: is not a field here. Did you mean "days"? Accepted: days, prefix, key, tags, group, actions, second',
        'use.yaml:6:11  Logs/app spec.second: "yes" is a text where true or false is wanted. Write true',
    ]


def test_a_value_that_aws_refuses_is_found_where_it_is_given(tmp_path: Path) -> None:
    (said,) = wrong(tmp_path, USE.replace("7", "8"))
    assert said.startswith("use.yaml:5:9  LogGroup/app spec.retentionInDays: 8 is not one of 0, 1, 3, 5, 7")


def test_a_value_of_the_component_is_found_there_and_says_for_whom(tmp_path: Path) -> None:
    component = LOGS.replace('tags: "${tags}"}', 'tags: "${tags}", skipDestroy: true}')
    (said,) = wrong(tmp_path, component=component)
    assert said.startswith("logs.yaml:17:")
    assert "LogGroup/app spec.skipDestroy: is not a field here" in said
    assert said.endswith("(for Logs/app, use.yaml:1)")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("${prefix}/one", "${prefixes}/one", '${prefixes} is not a parameter of the component. Did you mean "prefix"?'),
        ("second: true", "twice: true", "twice is not a parameter of the component"),
        (
            "    days:",
            "    name: {type: string, description: x}\n    days:",
            "the name of the document that uses the component",
        ),
        ("kind: Alarm", "kind: Alarms", '"Alarms" is not a kind. Did you mean "Alarm"?'),
        ("${prefix}/one", "${tags}/one", "${tags} is a map, and stands within a text. Let it stand alone"),
        ("    - kind: Alarm", "    - sort: x\n      kind: Alarm", "is not a field here"),
        ("${system}", "${sytem}", '${sytem} is not a variable of the stack. Did you mean "system"?'),
        ("${LogGroup/${name}:arn}", "${LogGroup/${mane}:arn}", "${LogGroup/${mane}:arn} is named by a variable"),
    ],
)
def test_a_faulty_definition_is_told_once_and_nothing_follows_from_it(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    other = (
        "---\napiVersion: reconciler/v1\nkind: LogGroup\nmetadata: {name: b}\nspec: {tags: {x: '${LogGroup/app}'}}\n"
    )
    found = wrong(
        tmp_path, USE + other, component=LOGS.replace(old, new, 1) if old != "second: true" else LOGS.replace(old, new)
    )
    assert any(words in said for said in found)
    assert not any("leads nowhere" in said or "Logs/app kind" in said for said in found)


def test_a_kind_of_aws_is_not_defined_anew(tmp_path: Path) -> None:
    component = LOGS.replace("name: Logs", "name: Topic")
    assert wrong(tmp_path, component=component)[0].endswith("Topic is a kind of its own. Choose another name")


def test_one_name_is_used_once(tmp_path: Path) -> None:
    assert wrong(tmp_path, f"{USE}---\n{USE}") == [
        "use.yaml:9:18  Logs/app metadata.name: stands here a second time (first in use.yaml:1). Rename one"
    ]
    assert "the component in" in wrong(tmp_path, component=f"{LOGS}---\n{LOGS}")[0]


def test_a_misspelt_component_is_recognised(tmp_path: Path) -> None:
    assert wrong(tmp_path, USE.replace("kind: Logs", "kind: Logz"))[0].startswith(
        'use.yaml:2:7  Logz/app kind: "Logz" is not a kind. Did you mean "Logs"?'
    )


def test_only_a_component_names_by_parameters(tmp_path: Path) -> None:
    use = (
        USE
        + "---\napiVersion: reconciler/v1\nkind: LogGroup\nmetadata: {name: b}\nspec: {tags: {x: '${LogGroup/${system}}'}}\n"
    )
    (said,) = wrong(tmp_path, use)
    assert "${LogGroup/${system}} is named by a variable, and an address is the same everywhere" in said


def test_a_folder_of_components_and_uses_is_checked_without_a_stack(tmp_path: Path) -> None:
    write(tmp_path, logs=LOGS, use=USE)
    load_documents(Folder(), str(tmp_path))
    write(tmp_path, use=USE.replace("days: 7", "days: 0"))
    with pytest.raises(DesiredError, match="0 is below 1"):
        load_documents(Folder(), str(tmp_path))
