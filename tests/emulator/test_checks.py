"""The embedded AWS behaves like AWS."""

from __future__ import annotations

import pytest

from tests.emulator.checks.base import Aws, Check, load


@pytest.mark.parametrize("check", load(), ids=lambda one: one.name)
def test_check(check: Check) -> None:
    aws = Aws()
    assert check.run(aws)
    assert not aws.emulator.blunders(), aws.emulator.crashes
