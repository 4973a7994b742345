"""What was declared against what live AWS then returned: no difference, unless somebody changed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.causes import top
from reconciler.kinds import KINDS
from tests.corpus.cloudformation import TYPES
from tests.corpus.models import altered, changed, differences, told
from tests.corpus.recordings import ABSENT, DECLARED, Declared, declared_and_live

pytestmark = pytest.mark.skipif(not DECLARED.is_dir(), reason=ABSENT)
RECORDED = [pytest.param(one, id=one.name) for one in declared_and_live() if one.type in TYPES]


def tops(one: Declared, spec: Mapping[str, Any]) -> set[str]:
    return {top(difference.path) for difference in differences(one, spec)}


@pytest.mark.parametrize("one", RECORDED)
def test_only_what_was_changed_differs(one: Declared) -> None:
    found = differences(one, told(one))
    assert {top(difference.path) for difference in found} == changed(one), found


@pytest.mark.parametrize("one", RECORDED)
def test_whatever_git_says_otherwise_differs(one: Declared) -> None:
    """Every leaf of what was declared, changed by itself: a comparison that finds nothing anywhere proves nothing."""
    spec, kind = told(one), KINDS[TYPES[one.type]]
    unseen = []
    for name in (n for n in spec if kind.fields[n].compared and n not in moved(spec)):
        valid = Draft202012Validator(kind.fields[name].type.schema()).is_valid
        others = [(path, other) for path, other in altered(spec[name]) if valid(other)]
        unseen += [f"{name}{path}" for path, other in others if name not in tops(one, {**spec, name: other})]
    assert unseen == []


def moved(spec: Mapping[str, Any]) -> set[str]:
    """The bounds that a schedule sets are not git's to compare."""
    return {"minCapacity", "maxCapacity"} if spec.get("scheduledActions") else set()


LEFT_OUT = {("TargetGroup", "GENEVE")}
"""Values that the kind's page says it has not: gateway load balancers."""


@pytest.mark.parametrize("one", RECORDED)
def test_what_aws_accepted_is_accepted_here(one: Declared) -> None:
    """A recording may hold less than AWS insists on, hence not a word on what is required."""
    spec, kind = told(one), KINDS[TYPES[one.type]]
    found = [e for n, v in spec.items() for e in Draft202012Validator(kind.fields[n].type.schema()).iter_errors(v)]
    assert [e.message for e in found if e.validator != "required" and (kind.name, e.instance) not in LEFT_OUT] == []
