"""Two policies that allow and deny the same are the same policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.policies import POLICY, faults, meaning
from reconciler.values import Unknown

if TYPE_CHECKING:
    import random

READ: dict[str, Any] = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"],
}
WRITE: dict[str, Any] = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"}
TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def policy(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


def for_all(principal: Any) -> dict[str, Any]:
    return policy({**READ, "Principal": principal})


def when(condition: Any) -> dict[str, Any]:
    return policy({**READ, "Condition": condition})


SAME = {
    "order of statements": (policy(READ, WRITE), policy(WRITE, READ)),
    "a statement said twice": (policy(READ), policy(READ, READ)),
    "order of actions": (policy(READ), policy({**READ, "Action": ["s3:ListBucket", "s3:GetObject"]})),
    "an action said twice": (policy(WRITE), policy({**WRITE, "Action": ["s3:PutObject", "s3:PutObject"]})),
    "case of actions": (policy(WRITE), policy({**WRITE, "Action": "S3:putobject"})),
    "case of excepted actions": (
        policy({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}),
        policy({"Effect": "Deny", "NotAction": ["IAM:*"], "Resource": ["*"]}),
    ),
    "order of resources": (policy(READ), policy({**READ, "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::a"]})),
    "one resource or a list of one": (policy(WRITE), policy({**WRITE, "Resource": ["arn:aws:s3:::a/*"]})),
    "one statement or a list of one": (policy(READ), {"Version": "2012-10-17", "Statement": READ}),
    "an empty Sid": (policy(READ), policy({**READ, "Sid": ""})),
    "an empty condition": (policy(READ), when({})),
    "an Id": (policy(READ), policy(READ, Id="key-default-1")),
    "the version that is the default": (
        {"Statement": [READ]},
        {"Version": "2008-10-17", "Statement": [READ]},
    ),
    "one principal or a list of one": (
        policy(TRUST),
        policy({**TRUST, "Principal": {"Service": ["ecs-tasks.amazonaws.com"]}}),
    ),
    "order of principals": (for_all({"AWS": ["1" * 12, "2" * 12]}), for_all({"AWS": ["2" * 12, "1" * 12]})),
    "an account and its root": (for_all({"AWS": "1" * 12}), for_all({"AWS": f"arn:aws:iam::{'1' * 12}:root"})),
    "an account in another partition": (
        for_all({"AWS": "1" * 12}),
        for_all({"AWS": f"arn:aws-cn:iam::{'1' * 12}:root"}),
    ),
    "everybody": (for_all("*"), for_all({"AWS": "*"})),
    "one condition value or a list of one": (
        when({"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
        when({"StringEquals": {"aws:SourceVpc": ["vpc-1"]}}),
    ),
    "order of condition values": (
        when({"StringLike": {"s3:prefix": ["a/*", "b/*"]}}),
        when({"StringLike": {"s3:prefix": ["b/*", "a/*"]}}),
    ),
    "order of condition keys": (
        when({"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:SourceAccount": "1"}}),
        when({"StringEquals": {"aws:SourceAccount": "1", "aws:SourceVpc": "vpc-1"}}),
    ),
    "case of condition keys": (
        when({"Bool": {"aws:SecureTransport": "true"}}),
        when({"Bool": {"AWS:securetransport": "true"}}),
    ),
    "a boolean and its text": (
        when({"Bool": {"aws:SecureTransport": False}}),
        when({"Bool": {"aws:SecureTransport": "False"}}),
    ),
    "a number and its text": (
        when({"NumericLessThan": {"s3:max-keys": 10}}),
        when({"NumericLessThan": {"s3:max-keys": "10"}}),
    ),
}
DIFFERENT = {
    "another effect": (policy(READ), policy({**READ, "Effect": "Deny"})),
    "one action fewer": (policy(READ), policy({**READ, "Action": "s3:GetObject"})),
    "the rest of the actions": (
        policy(WRITE),
        policy({"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"}),
    ),
    "another resource": (policy(WRITE), policy({**WRITE, "Resource": "arn:aws:s3:::A/*"})),
    "another Sid": (policy({**READ, "Sid": "A"}), policy({**READ, "Sid": "B"})),
    "another version": (policy(READ), {"Statement": [READ]}),
    "one statement fewer": (policy(READ, WRITE), policy(READ)),
    "a deleted principal": (
        policy({**TRUST, "Principal": {"AWS": "AROAEXAMPLEEXAMPLE123"}}),
        policy({**TRUST, "Principal": {"AWS": f"arn:aws:iam::{'1' * 12}:role/app"}}),
    ),
    "everybody and everybody's services": (for_all({"AWS": "*"}), for_all({"Service": "*"})),
    "another kind of principal": (for_all({"AWS": "1" * 12}), for_all({"Federated": "1" * 12})),
    "another operator": (
        when({"StringEquals": {"aws:SourceVpc": "vpc-1"}}),
        when({"StringLike": {"aws:SourceVpc": "vpc-1"}}),
    ),
    "case of condition values": (
        when({"StringEquals": {"aws:PrincipalTag/team": "App"}}),
        when({"StringEquals": {"aws:PrincipalTag/team": "app"}}),
    ),
    "no condition": (when({"Bool": {"aws:SecureTransport": "true"}}), policy(READ)),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_h44_spelling_does_not_matter(one: Any, other: Any) -> None:
    assert meaning(one) == meaning(other)
    assert list(POLICY.diff("policy", one, other)) == []


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_h44_what_is_allowed_matters(one: Any, other: Any) -> None:
    assert meaning(one) != meaning(other)
    assert list(POLICY.diff("policy", one, other)) != []


def test_a_difference_says_where_it_is() -> None:
    named = [{**READ, "Sid": "Read"}, {**WRITE, "Sid": "Write"}]
    live = [named[0], {**named[1], "Resource": "*"}]
    (found,) = POLICY.diff("policy", policy(*named), policy(*live))
    assert (found.path, found.desired, found.live) == ("policy.Statement.Write.Resource[0]", "arn:aws:s3:::a/*", "*")


def test_statements_without_a_sid_are_called_by_what_they_are_about() -> None:
    assert set(meaning(policy(READ, WRITE, TRUST))["Statement"]) == {"Allow s3", "Allow s3 #2", "Allow sts"}


def test_no_policy_is_no_policy() -> None:
    assert meaning({}) == {}
    assert list(POLICY.diff("policy", {}, {})) == []
    assert list(POLICY.diff("policy", {}, policy(READ))) != []


def test_text_and_tree_are_the_same() -> None:
    assert POLICY.canon(POLICY.encode(policy(READ))) == POLICY.canon(policy(READ))


def test_what_is_not_known_yet_differs() -> None:
    wanted = policy({**WRITE, "Resource": Unknown("${Bucket/a:arn}")})
    assert [d.path for d in POLICY.diff("policy", wanted, policy(WRITE))] == ["policy"]


@given(st.lists(st.sampled_from([READ, WRITE, TRUST]), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_any_order_and_form_means_the_same(statements: list[dict[str, Any]], chance: random.Random) -> None:
    shuffled = [{k: _reformed(v, chance) for k, v in s.items()} for s in chance.sample(statements, len(statements))]
    assert meaning(policy(*shuffled)) == meaning(policy(*statements))


def _reformed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        return chance.sample(value, len(value))
    if isinstance(value, dict):
        return {k: _reformed(v, chance) for k, v in value.items()}
    return value if value in ("Allow", "Deny") or chance.random() < 0.5 else [value]


FAULTY = {
    "no statement": ({"Version": "2012-10-17"}, False, [""]),
    "a misspelt part": (policy({**READ, "Actions": "s3:*"}), False, [".Statement[0].Actions"]),
    "no effect": (policy({"Action": "s3:*", "Resource": "*"}), False, [".Statement[0].Effect"]),
    "an effect that is none": (policy({**READ, "Effect": "allow"}), False, [".Statement[0].Effect"]),
    "no resource": (policy({"Effect": "Allow", "Action": "s3:*"}), False, [".Statement[0]"]),
    "two kinds of actions": (policy({**READ, "NotAction": "s3:*"}), False, [".Statement[0]"]),
    "a principal's principal": (policy({**READ, "Principal": "*"}), False, [".Statement[0].Principal"]),
    "nobody": (policy(READ), True, [".Statement[0]"]),
    "the second statement": (policy(READ, {**READ, "Effect": "No"}), False, [".Statement[1].Effect"]),
    "nothing": (policy(READ, WRITE), False, []),
    "nothing in a trust policy": (policy(TRUST), True, []),
    "nothing in no policy": ({}, True, []),
}


@pytest.mark.parametrize(("document", "principal", "paths"), FAULTY.values(), ids=FAULTY)
def test_faults_are_found_offline(document: Any, principal: bool, paths: list[str]) -> None:
    found = list(faults(document, principal=principal))
    assert [path for path, _ in found] == paths
    assert all(message[-1] != "." for _, message in found)
