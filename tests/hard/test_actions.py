"""What a listener does with a request: AWS shows it in more words than it was told, and never shows a secret."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.steps import Action
from tests.engine.small import POLICY, Docs, balanced, but, certificate, zone
from tests.hard.test_load_balancing import FORWARD, rule, settled, writes
from tests.support import Lab, document, only, open_steps

SIGN_IN = {
    "issuer": "https://id.example.com", "authorizationEndpoint": "https://id.example.com/a", "clientId": "web",
    "tokenEndpoint": "https://id.example.com/t", "userInfoEndpoint": "https://id.example.com/u",
}  # fmt: skip


@pytest.mark.parametrize(
    "action",
    [
        {"targetGroupArn": "${TargetGroup/web}"},
        {"forwardConfig": {"targetGroups": [{"targetGroupArn": "${TargetGroup/web}"}]}},
        {"forwardConfig": {"targetGroups": [{"targetGroupArn": "${TargetGroup/web}", "weight": 7}]}},
    ],
)
def test_h57_a_forward_is_the_same_in_either_form(lab: Lab, action: dict[str, Any]) -> None:
    world = settled(
        lab, [*but(balanced(), "Listener", {"defaultActions": [{"type": "forward", **action}]}), rule("x", 1)]
    )
    (listener,) = lab.client("elbv2").describe_listeners(ListenerArns=[only(world, "Listener/http").id])["Listeners"]
    assert {"TargetGroupArn", "ForwardConfig"} <= listener["DefaultActions"][0].keys()


def test_h57_the_weights_of_a_forward_are_compared(lab: Lab) -> None:
    documents = balanced()
    world = settled(lab, documents)
    listener, group = only(world, "Listener/http").id, only(world, "TargetGroup/web").id
    weighed = {"TargetGroups": [{"TargetGroupArn": group, "Weight": 0}]}
    lab.client("elbv2").modify_listener(
        ListenerArn=listener, DefaultActions=[{"Type": "forward", "ForwardConfig": weighed}]
    )
    _, plan = lab.plan(lab.stack(documents, policy=POLICY))
    (step,) = [s for s in plan.steps if s.action is Action.UPDATE]
    assert (step.address, {d.path.partition(".")[0] for d in step.differences}) == (
        "Listener/http",
        {"defaultActions[0]"},
    )


def guarded(**config: Any) -> Docs:
    """A listener that lets in whom somebody else vouches for."""
    secret = document("Secret", "client", {"value": {"generate": {"length": 32}}})
    told = {"type": "authenticate-oidc", "authenticateOidcConfig": {**SIGN_IN, **config}}
    secure = {"protocol": "HTTPS", "port": 443, "certificates": [{"certificateArn": "${Certificate/api}"}]}
    listener = but(balanced(), "Listener", {**secure, "defaultActions": [told, *FORWARD]})
    return [*listener, zone(), certificate(), secret]


def test_h57_what_aws_adds_to_a_sign_in_is_no_drift_and_its_secret_is_kept(lab: Lab) -> None:
    world = settled(lab, guarded(clientSecret="${Secret/client:value}"))
    arn = only(world, "Listener/http").id
    shown = lab.client("elbv2").describe_listeners(ListenerArns=[arn])["Listeners"][0]["DefaultActions"]
    config = shown[0]["AuthenticateOidcConfig"]
    assert (config["Scope"], config["SessionTimeout"], "ClientSecret" in config) == ("openid", 604800, False)
    assert [a["Order"] for a in shown] == [1, 2]
    lab.aws.forget_wire()
    settled(lab, guarded(scope="openid email"))
    (sent,) = [w.params["DefaultActions"] for w in lab.aws.wire if w.operation == "ModifyListener"]
    assert sent[0]["AuthenticateOidcConfig"]["UseExistingClientSecret"] is True
    assert writes(lab) == ["ModifyListener"]


def test_h57_a_weakened_sign_in_is_drift(lab: Lab) -> None:
    documents = guarded(clientSecret="${Secret/client:value}", onUnauthenticatedRequest="deny")
    world = settled(lab, documents)
    elb, arn = lab.client("elbv2"), only(world, "Listener/http").id
    actions = elb.describe_listeners(ListenerArns=[arn])["Listeners"][0]["DefaultActions"]
    actions[0]["AuthenticateOidcConfig"] |= {"OnUnauthenticatedRequest": "allow", "UseExistingClientSecret": True}
    elb.modify_listener(ListenerArn=arn, DefaultActions=actions)
    _, plan = lab.plan(lab.stack(documents, policy=POLICY))
    assert [s.split()[:2] for s in open_steps(plan)] == [["update", "Listener/http"]]
