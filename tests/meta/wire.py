"""Full samples of every kind and of AWS's answers: what a name or a type can be wrong in, whatever the data say."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from reconciler.aws.spelling import Spelling, lower_camel
from reconciler.calls import Call, Program
from reconciler.kind import Kind
from reconciler.objects import Ask, Live, State, Wanted
from reconciler.types import Document, Flag, Integer, ListOf, MapOf, Moment, Number, Struct, Text, Type
from reconciler.values import Hidden

ARN = "arn:aws:service:us-east-1:123456789012:thing/name/1234567890abcdef"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "a:B", "Resource": "*"}],
}
DEEPEST = 12
JSON = re.compile(r"(Policy|PolicyDocument|policyText|DashboardBody)$")
PLAIN: dict[str, Any] = {
    "integer": 1, "long": 1, "double": 1.0, "float": 1.0, "boolean": True, "blob": b"",
    "timestamp": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
}  # fmt: skip
SPELLING = Spelling()
RECORD = {
    "name": "a.example.com",
    "type": "A",
    "ttl": 60,
    "resourceRecords": [{"value": "10.0.0.1"}],
    "hostedZoneId": "Z1",
}
PEER = {"ipProtocol": "tcp", "fromPort": 1, "toPort": 2, "groupId": "sg-1"}
PROOF = {"resourceRecord": {"name": "_a.example.com.", "type": "CNAME", "value": "_b.acm.example."}}
SPECIAL: dict[str, dict[str, Any]] = {
    "Listener": {"rules": []},
    "RecordSet": {"type": "A", "name": "a.example.com"},
    "Secret": {"value": {"generate": {"length": 32}}},
}
"""Fields whose value says more than its type."""
HAVE: dict[str, dict[str, Any]] = {"SecurityGroup": {"ingress": [PEER], "egress": [PEER]}}
"""Fields that a kind reads in a plainer form than it is told them."""
RAW: dict[str, dict[str, Any]] = {
    "BackupPlan": {
        "backupPlan": {"rules": [{"ruleName": "other", "ruleId": "1"}]},
        "selections": [{"selectionName": "other", "selectionId": "1"}],
    },
    "Certificate": {"domainValidationOptions": [PROOF]},
    "DBInstance": {"engineVersion": "1"},
    "Distribution": {"eTag": "E", "status": "Deployed"},
    "HostedZone": {"vpcs": [{"vpcId": "vpc-1", "vpcRegion": "us-east-1"}]},
    "MetricFilter": {"groupArn": ARN, "tags": {}},
    "NetworkAcl": {"places": {ARN: "aclassoc-1"}, "defaultAclId": "acl-1"},
    "RecordSet": {**RECORD, "id": "Z1|a.example.com|A|", "tags": {}, "mark": None},
    "WebACL": {"scope": "REGIONAL", "lockToken": "1b"},
}
"""What a kind puts into an object that it read, beside what the listing has."""


DETAILS = {"Distribution": ("GetDistribution", "distribution"), "WebACL": ("GetWebACL", "webACL")}
"""The operation and the member that show more of an object than the listing."""


@cache
def session() -> Any:
    return botocore.session.Session()


@cache
def model(service: str) -> Any:
    return session().get_service_model(service)


def value(kind: Type, name: str = "") -> Any:
    """A value with everything in it that the type allows."""
    if isinstance(kind, Struct):
        return {n: value(t, n) for n, t in kind.parts.items()}
    if isinstance(kind, ListOf):
        return [value(kind.item, name)] * max(1, kind.least)
    if isinstance(kind, MapOf):
        keys = kind.keys or ("name",)
        return {k: value(kind.value, k) for k in keys}
    if isinstance(kind, Document):
        # One that stays a tree in the request has names of the API in it, which its type does not know.
        return POLICY if isinstance(kind.encode({}), str) else {}
    if isinstance(kind, (Integer, Number)):
        choices = kind.choices if isinstance(kind, Integer) else ()
        return max(choices) if choices else kind.minimum or 1
    if isinstance(kind, Flag):
        return True
    if isinstance(kind, Moment):
        return "2026-01-01T00:00:00Z"
    return kind.enum[0] if isinstance(kind, Text) and kind.enum else ARN


def answer(shape: Any, name: str = "", depth: int = 0) -> Any:
    """An answer of AWS, with everything in it that its model names, in our spelling; it is the last page."""
    kind = shape.type_name if shape is not None and depth < DEEPEST else ""
    if kind == "structure":
        told = {lower_camel(n): answer(s, n, depth + 1) for n, s in shape.members.items()}
        return {n: v for n, v in told.items() if n not in ("nextMarker", "nextToken", "marker")}
    if kind == "list":
        return [answer(shape.member, name, depth + 1)] * shape.metadata.get("min", 1)
    if kind == "map":
        return {"name": answer(shape.value, name, depth + 1)}
    if kind == "string":
        return shape.enum[0] if shape.enum else json.dumps(POLICY) if JSON.search(name) else ARN
    if kind in ("integer", "long"):
        return max(PLAIN[kind], shape.metadata.get("min", 0))
    return PLAIN.get(kind)


def everything(kind: Kind) -> tuple[Wanted, Live]:
    """A resource with every field that the kind has, and the same as it would exist."""
    spec = {n: value(f.type, n) for n, f in kind.fields.items() if n != "tags"} | SPECIAL.get(kind.name, {})
    want = Wanted(f"{kind.name}/sample", "sample", spec, {"a": "b"}, "t" * 32, "us-east-1")
    raw = {**item(kind), **RAW.get(kind.name, {})}
    have = {**spec, **HAVE.get(kind.name, {})}
    return want, Live(kind.name, ARN, have, ARN, "sample", "sample", ARN, State.READY, "", {"a": "b"}, raw)


def item(kind: Kind) -> dict[str, Any]:
    """An object as the kind's listing, or what it reads besides, shows it."""
    operation, member = DETAILS.get(kind.name, (kind.api.read, kind.api.items))
    if not member:
        return {}
    told = answer(model(kind.service.name).operation_model(operation).output_shape).get(member)
    first = told[0] if isinstance(told, list) else told
    return dict(first) if isinstance(first, Mapping) else {}


def programs(kind: Kind) -> Iterator[tuple[str, Program[Any]]]:
    """Everything that a kind does to AWS, by name; changes field by field, as a plan would find them."""
    want, live = everything(kind)
    yield "create", kind.create(want)
    for name in want.spec:
        if name != kind.named and kind.changes_in_place(name):
            yield f"write {name}", kind.write(want, live, [name])
    yield "tag", kind.tag(live, {"a": "b"})
    yield "restore", kind.restore(live)
    yield "delete", kind.delete(live)
    yield "holders", kind.holders(live)


def reading(kind: Kind) -> Program[Any]:
    """Everything that a kind asks AWS, if all its fields are managed."""
    want, _ = everything(kind)
    return kind.read(Ask("sample", "123456789012", "us-east-1", frozenset({kind.key(want)}), frozenset(kind.fields)))


def drive(program: Program[Any], most: int = 60) -> Iterator[Call]:
    """Every call of a program that is answered with samples."""
    told = None
    for _ in range(most):
        try:
            call = program.send(told)
        except StopIteration:
            return
        yield call
        told = answer(model(call.service).operation_model(call.operation).output_shape) or {}
    raise AssertionError("the program does not end")


def plain(told: Any) -> Any:
    """The parameters with a text for what only the door opens."""
    if isinstance(told, Mapping):
        return {k: plain(v) for k, v in told.items()}
    if isinstance(told, (list, tuple)):
        return [plain(v) for v in told]
    return "sealed" if isinstance(told, Hidden) else told


def faults(call: Call) -> str:
    """What is wrong with a call, by AWS's model; empty if nothing is."""
    shape = model(call.service).operation_model(call.operation).input_shape
    try:
        wire = SPELLING.to_wire(shape, {**plain(call.params), **({call.token: "t"} if call.token else {})})
    except KeyError as error:
        return f"{call}: the API has no {error.args[0]}"
    found = ParamValidator().validate(wire, shape) if shape is not None else None
    return f"{call}: {found.generate_report()}" if found is not None and found.has_errors() else ""
