"""An independent witness: a provider that others wrote finds in AWS what git says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.desired import load_stack
from reconciler.emulator.server import serving
from reconciler.files import Folder
from reconciler.kind import Wanted
from reconciler.kinds import KINDS
from tests.support import Lab, open_steps
from tests.witness.compare import asked, disagreements, said, witnesses
from tests.witness.table import Witness
from tests.witness.terraform import Named, Terraform, missing

STACK = "desired/b2bcredit/production"
ROOT = Path(__file__).parents[2]
Seen = list[tuple[Wanted, Named, Witness, dict[str, object] | None]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Everything that Terraform was asked for, with what it read."""
    folder = tmp_path_factory.mktemp("witness")
    with pytest.MonkeyPatch.context() as patch:
        lab = Lab(folder, patch)
        stack = load_stack(Folder(), str(ROOT / STACK))
        world, plan = lab.apply(stack)
        assert open_steps(plan) == []
        (home := folder / "terraform").mkdir()
        with serving(lab.aws) as url:
            terraform = Terraform(home, url, stack.region)
            terraform.prepare()
            lives = [(address, live) for address, (live, *_) in sorted(world.lives.items())]
            rows = [
                (plan.wants[address], *row)
                for i, (address, live) in enumerate(lives)
                for row in asked(i, live.kind, live)
            ]
            found = terraform.look(named for _, named, _ in rows)
        assert lab.aws.blunders() == []
        yield [(want, named, one, found.get(named.name)) for want, named, one in rows]


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing() or "-")]


def test_terraform_finds_everything(seen: Seen) -> None:
    assert [want.address for want, _, _, told in seen if told is None] == []


def test_terraform_reads_what_git_says(seen: Seen) -> None:
    lines = [line for want, _, one, told in seen if told for line in disagreements(want, one, told)]
    assert not lines, "\n".join(lines)


def test_whoever_says_otherwise_is_heard(seen: Seen) -> None:
    """Every figure that git has: a witness that knows nothing of it disagrees."""
    for want, _, one, _ in seen:
        told = [ours for ours in one.pairs if said(KINDS[want.address.partition("/")[0]], want, ours)[0]]
        lines = list(disagreements(want, replace(one, shapes={}), {}))
        assert len({line.partition(":")[0] for line in lines if " tags" not in line}) >= len(told) - ("tags" in told)


def test_terraform_was_asked_about_every_kind(seen: Seen) -> None:
    kinds = {r.kind.name for r in load_stack(Folder(), str(ROOT / STACK)).resources.values()}
    assert sorted(kind for kind in kinds if not witnesses(kind)) == []
    assert {want.address.partition("/")[0] for want, *_ in seen} == kinds
