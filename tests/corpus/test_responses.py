"""Recorded answers of live AWS: our readers take every one, and the door names every refusal."""

from __future__ import annotations

import re
from functools import cache

import pytest

from reconciler.calls import Call
from reconciler.errors import AwsError, Denied, Quota, Rejected, Retry, Wait
from reconciler.kind import Kind, Wanted
from reconciler.kinds import KINDS
from tests.corpus.readers import Reader, lives, program, readers, through_the_door
from tests.corpus.recordings import ABSENT, RESPONSES, Response, responses

pytestmark = pytest.mark.skipif(not RESPONSES.is_dir(), reason=ABSENT)
ALL = list(responses())
NAMES: tuple[tuple[str, type[AwsError]], ...] = (
    (r"AccessDenied|Unauthorized|AuthFailure|NotAuthorized|^403$", Denied),
    (r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|Unavailable$|InternalFailure|InternalError", Retry),
    (r"LimitExceeded|TooMany|Quota", Quota),
    (r"AlreadyExists|Duplicate", Retry),
    (r"InUse|Conflict|DependencyViolation|InvalidState|IncorrectState|Concurrent|Optimistic", Wait),
)
"""What happens next, by words that AWS uses in codes; where none of them stands, AWS has refused for good."""
ABSENCE = re.compile(r"NotFound|NoSuch|DoesNotExist|Nonexistent|UnsupportedOperation")
"""What AWS says of something that does not exist, or that a thing of this sort cannot have."""


@cache
def users() -> list[tuple[Response, Kind, str]]:
    return [(response, kind, what) for response in ALL for kind, what in readers(response)]


def cases(*, refused: bool) -> list[object]:
    found = [case for case in users() if case[0].refused is refused]
    return [pytest.param(*case, id=f"{case[0].name}-{case[1].name}-{case[2]}") for case in found]


@pytest.mark.parametrize(("response", "kind", "what"), cases(refused=False))
def test_what_aws_answers_is_understood(response: Response, kind: Kind, what: str) -> None:
    reader = Reader(response)
    found, again = (lives(reader.run(program(kind, what))) for _ in "12")
    assert reader.used
    for live, other in zip(found, again, strict=True):
        want = Wanted(f"{kind.name}/it", live.name, live.spec, live.tags or {})
        assert [*kind.diff(want, live), *kind.diff(want, other)] == []
        assert isinstance(kind.health(live) + kind.note(want, live) + kind.protected(live), str)


@pytest.mark.parametrize(("response", "kind", "what"), cases(refused=True))
def test_what_aws_refuses_is_absent_or_named(response: Response, kind: Kind, what: str) -> None:
    """A refusal is only ever taken for absence if its code says that, of something that the call named."""
    code, reader = response.data["Error"]["Code"], Reader(response)
    refusal = None
    try:
        reader.run(program(kind, what))
    except AwsError as error:
        refusal = error
    assert reader.used
    one = reader.used.params.keys() - {"filters"}
    if ABSENCE.search(code) and one:
        assert refusal is None
    else:
        assert type(refusal) is named(code)


@pytest.mark.parametrize("response", [pytest.param(one, id=one.name) for one in ALL if one.refused])
def test_a_refusal_says_all_that_aws_said(response: Response) -> None:
    said = response.data["Error"]
    with pytest.raises(AwsError) as caught:
        through_the_door(Call(response.service, response.operation), response)
    assert f"{response.service}:{response.operation}" in str(caught.value)
    assert said["Code"] in str(caught.value)
    assert said["Message"].strip()[:40] in str(caught.value)


def named(code: str) -> type[AwsError]:
    return next((name for words, name in NAMES if re.search(words, code)), Rejected)


def test_the_recordings_are_used() -> None:
    """Otherwise a change of a name would leave nothing to test, and nobody would see it."""
    used = {response.name for response, _, _ in users()}
    regular = {(k.service.name, o) for k in KINDS.values() for o in (k.api.read, k.api.create, k.api.delete) if o}
    assert [one.name for one in ALL if (one.service, one.operation) in regular and one.name not in used] == []
