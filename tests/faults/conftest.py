"""A laboratory that the tests of a module share: botocore's clients take longer to make than most runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.faults.crash import CrashLab


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashLab]:
    with pytest.MonkeyPatch.context() as patch:
        lab = CrashLab(tmp_path_factory.mktemp("shared"), patch)
        # botocore waits between its attempts; here, that costs no time.
        patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lab.clock.sleep))
        yield lab


@pytest.fixture
def lab(shared: CrashLab, tmp_path: Path) -> Iterator[CrashLab]:
    """An empty AWS without disturbances; one thread, so that the k-th call is the same call each time."""
    shared.aws.reset()
    shared.folder = tmp_path
    yield shared
    shared.aws.time.pace = 1.0
