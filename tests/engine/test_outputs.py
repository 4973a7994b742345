"""``outputs``: what a pipeline asks a stack for after a deployment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.cli import common, main
from tests.support import Lab, document

VPC = document("VPC", "main", {"cidrBlock": "10.0.0.0/16"})
OUTPUTS = {"network": "${VPC/main}", "range": "10.0.0.0/16", "named": "it is ${VPC/main}"}


@pytest.fixture
def run(lab: Lab, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(common, "engine", lab.engine)

    def inner(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(["outputs", str(lab.folder / "lab"), *words])
        told = capsys.readouterr()
        return int(str(caught.value.code)), told.out, told.err

    return inner


def test_outputs_of_what_exists(lab: Lab, run: Any) -> None:
    lab.apply(lab.stack([VPC], outputs=OUTPUTS))
    lab.aws.forget_wire()
    (vpc,) = (
        v["VpcId"]
        for v in lab.client("ec2").describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/16"]}])["Vpcs"]
    )
    assert run() == (0, f"network = {vpc}\nrange = 10.0.0.0/16\nnamed = it is {vpc}\n", "")
    assert run("network") == (0, f"{vpc}\n", "")
    assert json.loads(run("--format", "json")[1]) == {"network": vpc, "range": "10.0.0.0/16", "named": f"it is {vpc}"}
    assert json.loads(run("network", "--format", "json")[1]) == vpc
    assert lab.boto_writes() == []


def test_what_is_not_there_yet_is_said(lab: Lab, run: Any) -> None:
    lab.stack([VPC], outputs=OUTPUTS)
    assert run()[:2] == (0, "network = (not known yet)\nrange = 10.0.0.0/16\nnamed = (not known yet)\n")
    code, out, err = run("network")
    assert (code, out) == (1, "")
    assert "network is not known: what it consists of is not there yet. reconciler apply" in err


def test_an_unknown_name_is_wrong_usage(lab: Lab, run: Any) -> None:
    lab.stack([VPC], outputs=OUTPUTS)
    code, _, err = run("netwrok")
    assert code == 64
    assert 'lab has no output netwrok. Did you mean "network"? It has network, range, named' in err
