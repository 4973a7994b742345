"""What the lifecycle of the kinds at the edge does not show: weakened rules, what an ACL still guards, rival parts."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.cloudfront import merged
from tests.support import Lab, document, only, open_steps

FREE = {"deletion": "delete", "replacement": "allow"}
POLICY = {"prune": True, "maxReplaces": 9, "maxDeletes": 99}


def metrics(name: str) -> dict[str, Any]:
    return {"metricName": name, "sampledRequestsEnabled": True, "cloudWatchMetricsEnabled": True}


def wall(**more: Any) -> dict[str, Any]:
    limit = {
        "name": "rate",
        "priority": 1,
        "action": {"block": {}},
        "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}},
        "visibilityConfig": metrics("rate"),
    }
    told = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": metrics("wall"), "rules": [limit]}
    return document("WebACL", "wall", {**told, **more}, **FREE)


def network() -> list[dict[str, Any]]:
    return [
        document("VPC", "net", {"cidrBlock": "10.0.0.0/16"}),
        *(
            document(
                "Subnet",
                zone,
                {"vpcId": "${VPC/net}", "cidrBlock": f"10.0.{i}.0/24", "availabilityZone": f"us-east-1{zone}"},
            )
            for i, zone in enumerate("ab")
        ),
        document("InternetGateway", "door", {"vpcId": "${VPC/net}"}),
        document("LoadBalancer", "edge", {"subnets": ["${Subnet/a}", "${Subnet/b}"]}, **FREE),
    ]


def weaken(lab: Lab, change: Any) -> None:
    """Somebody changes the ACL's only rule."""
    waf = lab.client("wafv2")
    (listed,) = waf.list_web_acls(Scope="REGIONAL")["WebACLs"]
    place = {"Name": listed["Name"], "Id": listed["Id"], "Scope": "REGIONAL"}
    found = waf.get_web_acl(**place)
    acl = found["WebACL"]
    change(acl["Rules"][0])
    kept = {name: acl[name] for name in ("DefaultAction", "Rules", "VisibilityConfig")}
    waf.update_web_acl(**place, **kept, LockToken=found["LockToken"])


def test_a_rule_that_only_counts_is_drift(lab: Lab) -> None:
    stack = lab.stack([wall()], policy=POLICY)
    lab.apply(stack)
    weaken(lab, lambda rule: rule.update(Action={"Count": {}}))
    _, plan = lab.plan(stack)
    (step,) = (s for s in plan.steps if s.changes)
    assert [d.path for d in step.differences] == ["rules[rate].action.block"]
    _, left = lab.apply(stack)
    assert open_steps(left) == []


def test_a_rule_that_looks_at_less_is_drift(lab: Lab) -> None:
    stack = lab.stack([wall()], policy=POLICY)
    lab.apply(stack)
    scope = {"GeoMatchStatement": {"CountryCodes": ["AQ"]}}
    weaken(lab, lambda rule: rule["Statement"]["RateBasedStatement"].update(ScopeDownStatement=scope))
    _, plan = lab.plan(stack)
    (step,) = (s for s in plan.steps if s.changes)
    assert [d.path for d in step.differences] == ["rules[rate].statement.rateBasedStatement.scopeDownStatement"]


def test_what_aws_adds_to_a_statement_is_no_drift(lab: Lab) -> None:
    stack = lab.stack([wall()], policy=POLICY)
    lab.apply(stack)
    weaken(lab, lambda rule: rule["Statement"]["RateBasedStatement"].update(EvaluationWindowSec=300))
    _, plan = lab.plan(stack)
    assert open_steps(plan) == []


def test_an_acl_that_git_drops_lets_go_of_what_it_guards(lab: Lab) -> None:
    lab.apply(lab.stack([*network(), wall(resourceArns=["${LoadBalancer/edge}"])], policy=POLICY))
    _, left = lab.apply(lab.stack(network(), policy=POLICY))
    assert open_steps(left) == []
    assert lab.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"] == []


def test_a_certificate_of_ones_own_takes_the_place_of_the_default_one() -> None:
    live = {
        "viewerCertificate": {"cloudFrontDefaultCertificate": True, "certificateSource": "cloudfront"},
        "comment": "c",
    }
    want = {"viewerCertificate": {"acmCertificateArn": "arn", "sslSupportMethod": "sni-only"}}
    assert merged(live, want) == {**want, "comment": "c"}


def test_an_origin_is_of_one_type() -> None:
    live = {"origins": {"quantity": 1, "items": [{"id": "o", "s3OriginConfig": {}, "originPath": "/p"}]}}
    want = {"origins": {"quantity": 1, "items": [{"id": "o", "customOriginConfig": {"httpPort": 80}}]}}
    items = [{"id": "o", "originPath": "/p", "customOriginConfig": {"httpPort": 80}}]
    assert merged(live, want) == {"origins": {"quantity": 1, "items": items}}


def test_marking_an_access_control_keeps_what_was_just_written(lab: Lab) -> None:
    """A change writes the fields and then the tags, of an object that was read before both."""

    def signing(behaviour: str) -> dict[str, Any]:
        told = {"signingProtocol": "sigv4", "signingBehavior": behaviour, "originAccessControlOriginType": "s3"}
        return document("OriginAccessControl", "files", {"originAccessControlConfig": told})

    world, _ = lab.apply(lab.stack([signing("always")]))
    before = only(world, "OriginAccessControl/files")
    stack = lab.stack([signing("never")])
    lab.apply(stack)
    lab.engine(stack).aws.run(world.kinds["OriginAccessControl"].tag(before, {"reconciler:commit": "abc"}))
    (found,) = lab.client("cloudfront").list_origin_access_controls()["OriginAccessControlList"]["Items"]
    assert found["SigningBehavior"] == "never"
    assert found["Description"].endswith("reconciler:commit=abc]")
