from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.desired import load_documents
from reconciler.errors import DesiredError
from reconciler.files import Folder
from tests.unit.folders import GROUP, SUBNET, VPC, head, problems, write


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (head("acount: '1'"), 'spec.acount: is not a field here. Did you mean "account"?'),
        (head("account: 123456789012"), 'Quote it: "123456789012"'),
        (head("resources: [../nowhere]"), "spec.resources[0]: "),
        (head("variables: {a: '${b}'}"), "a variable's value is plain"),
        (head("variables: {a: [1]}"), "is a list where a text or a number or true or false is wanted"),
        (head("nameSuffix: '${VPC/main}'"), "refers to a resource"),
        (head("nameSuffix: -${env}"), "${env} is not a variable of the stack."),
        (head("outputs: {a: '${VPC/mian}'}"), 'this stack has no VPC/mian. Did you mean "main"?'),
        (head("policy: {maxDeletes: -1}"), "-1 is below 0, the lowest that is accepted"),
        (head().replace("Stack", "Stak"), 'kind: "Stak" is not one of Stack. Did you mean "Stack"?'),
        (head().replace("eu-west-1", "Ireland"), "spec.region: "),
        ("", "stack.yaml  is not there, or empty"),
        ("{", "  a comma or the closing bracket is missing"),
    ],
)
def test_a_fault_of_the_stack_is_told_once(tmp_path: Path, text: str, words: str) -> None:
    found = problems(write(tmp_path, stack=text, network=VPC))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    "text", [head("acount: '1'"), "{", head("variables: [1]"), head("policy: 1"), head("patches: 1"), "[1]"]
)
def test_a_fault_of_the_stack_hides_no_other(tmp_path: Path, text: str) -> None:
    found = problems(write(tmp_path, stack=text, network=VPC + "  colour: blue\n"))
    assert any("spec.colour: is not a field here" in p for p in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1\n", "a document is a map"),
        (VPC.replace("kind: VPC\n", ""), "lacks kind"),
        (VPC.replace("VPC", "[VPC]"), "is not a kind"),
        (VPC.replace("VPC", "vpc"), 'kind: "vpc" is not a kind. Did you mean "VPC"?'),
        (VPC.replace("name: main", "nam: main"), 'metadata.nam: is not a field here. Did you mean "name"?'),
        (VPC.replace("metadata: {name: main}\n", ""), "lacks metadata"),
        (VPC.replace("v1", "v2"), 'apiVersion: "reconciler/v2" is not one of reconciler/v1'),
        (VPC.replace("name: main", 'name: "${env}"'), "an address is the same everywhere"),
        (VPC.replace("name: main", 'name: ["main"]'), "metadata.name: "),
        (VPC + "---\n" + GROUP + "  tags: ${VPC/main}\n", "is a text where a map is wanted"),
        (VPC + "---\n" + SUBNET + "  mapPublicIpOnLaunch: ${VPC/main}\n", "is a text where true or false is wanted"),
        (VPC + "lifecycle: {deletion: '${VPC/main}'}\n", "which only spec may"),
        (VPC + "lifecycle: {dependsOn: [VPC/other]}\n", "there is no VPC/other"),
        (VPC + "lifecycle: {ignore: [{field: tags}]}\n", "lifecycle.ignore[0]: lacks reason. Add it"),
        (head(name="other"), "a Stack is read from a file called stack.yaml only"),
    ],
)
def test_a_fault_of_a_document_is_told_once(tmp_path: Path, text: str, words: str) -> None:
    found = problems(write(tmp_path, stack=head(), network=text))
    assert len(found) == 1
    assert words in found[0]


def test_nobody_complains_about_references_into_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    other = GROUP + "  logGroupName: ${VPC/main}-${VPC/other}\n"
    found = problems(write(tmp_path, stack=head(), network=VPC + "  x: [\n", logs=other))
    assert len(found) == 2
    assert "VPC/other" in found[0]


def test_nobody_complains_about_references_to_an_unknown_kind_twice(tmp_path: Path) -> None:
    found = problems(
        write(tmp_path, stack=head(), n=VPC.replace("VPC", "Vpce"), logs=GROUP + "  logGroupName: ${Vpce/main}\n")
    )
    assert len(found) == 1
    assert "Vpce/main kind:" in found[0]


def test_documents_without_a_stack_may_name_any_variable(tmp_path: Path) -> None:
    write(tmp_path, n=VPC.replace("10.0.0.0/16", "${cidr}"))
    load_documents(Folder(), str(tmp_path))
    write(tmp_path, n=VPC + "  colour: blue\n")
    with pytest.raises(DesiredError, match="is not a field here"):
        load_documents(Folder(), str(tmp_path))


def test_a_ring_of_a_thousand_is_told(tmp_path: Path) -> None:
    one = "apiVersion: reconciler/v1\nkind: LogGroup\nmetadata: {{name: g{0}}}\nspec: {{logGroupName: 'a${{LogGroup/g{1}}}'}}\n"
    write(tmp_path, stack=head(), rings="---\n".join(one.format(i, (i + 1) % 1500) for i in range(1500)))
    found = problems(tmp_path)
    assert len(found) == 1
    assert "each needs the next to exist first" in found[0]
