"""What status says of certificates, alarms, registries, budgets, distributions and subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.errors import Denied
from reconciler.health import examine, remembered
from reconciler.kind import Call, Finding, Live, Program, State
from reconciler.kinds.acm.expiry import expiry
from reconciler.kinds.cloudfront.distribution import Distribution
from tests.kinds.looks import applied, status
from tests.support import Lab, document

NOW = datetime(2026, 5, 1, tzinfo=UTC)
RECORD = {"name": "_x.example.com.", "type": "CNAME", "value": "_y.acm-validations.aws."}


def drive(program: Program[Any], *answers: Any) -> Any:
    """The end of a program that is given these answers."""
    try:
        next(program)
        for answer in answers:
            program.send(answer)
    except StopIteration as end:
        return end.value
    raise AssertionError


def test_a_certificate_tells_its_days_and_the_end_that_nobody_prevents(lab: Lab) -> None:
    spec = {"domainName": "example.com", "hostedZoneId": "${HostedZone/zone}"}
    zone = document("HostedZone", "zone", {"name": "example.com"})
    stack = applied(lab, [zone, document("Certificate", "api", spec)])
    told = status(lab, stack)
    assert "days left; in use by nothing" in told.line("Certificate/api")
    assert (told.line("Certificate/api")[0], told.code) == ("✓", 0)
    (listed,) = lab.client("acm").list_certificates()["CertificateSummaryList"]
    end = lab.client("acm").describe_certificate(CertificateArn=listed["CertificateArn"])["Certificate"]["NotAfter"]
    told = status(lab, stack, end - timedelta(days=12, hours=1))
    assert told.line("Certificate/api").startswith(
        "✗ 12 days left; not eligible for renewal. AWS renews what is in use"
    )
    assert told.code == 2
    assert "ended 3 days ago" in status(lab, stack, end + timedelta(days=3)).line("Certificate/api")


@pytest.mark.parametrize(
    ("days", "renewal", "ill"),
    [
        (20, {"renewalStatus": "PENDING_VALIDATION"}, True),
        (20, {"renewalStatus": "FAILED", "renewalStatusReason": "CAA_ERROR"}, True),
        (20, {"renewalStatus": "PENDING_AUTO_RENEWAL"}, False),
        (40, {"renewalStatus": "PENDING_VALIDATION"}, False),
    ],
)
def test_a_renewal_that_waits_names_its_record(days: int, renewal: dict[str, Any], ill: bool) -> None:
    option = {"domainName": "example.com", "validationStatus": "PENDING_VALIDATION", "resourceRecord": RECORD}
    raw = {
        "status": "ISSUED", "notAfter": NOW + timedelta(days=days, hours=1), "renewalEligibility": "ELIGIBLE",
        "inUseBy": ["arn:lb"], "renewalSummary": {**renewal, "domainValidationOptions": [option]},
    }  # fmt: skip
    found = drive(expiry(raw, NOW))
    assert bool(found.ill) is ill
    said = "; ".join([*found.ill, *found.notes])
    assert said.startswith(f"{days} days left; ")
    if renewal["renewalStatus"] != "PENDING_AUTO_RENEWAL":
        assert "It waits for _x.example.com CNAME _y.acm-validations.aws: see hostedZoneId" in said


def test_an_alarm_that_went_off_says_why_and_one_without_data_says_so(lab: Lab) -> None:
    spec = {
        "metricName": "CPUUtilization", "namespace": "AWS/ECS", "statistic": "Average", "period": 300,
        "evaluationPeriods": 1, "threshold": 80, "comparisonOperator": "GreaterThanThreshold",
        "alarmDescription": "Add tasks",
    }  # fmt: skip
    stack = applied(lab, [document("Alarm", "cpu", spec)])
    told = status(lab, stack)
    assert told.line("Alarm/cpu") == "✓ INSUFFICIENT_DATA: its metric has no values yet"
    assert told.code == 0
    lab.client("cloudwatch").set_alarm_state(AlarmName="cpu", StateValue="ALARM", StateReason="91.0 was above 80.0")
    told = status(lab, stack)
    assert told.line("Alarm/cpu") == "✗ in ALARM: 91.0 was above 80.0. Add tasks"
    assert told.code == 2
    lab.client("cloudwatch").set_alarm_state(AlarmName="cpu", StateValue="OK", StateReason="fine")
    assert status(lab, stack).line("Alarm/cpu") == "✓"


def test_a_budget_that_is_spent_says_how_much(lab: Lab) -> None:
    spec = {"budgetType": "COST", "timeUnit": "MONTHLY", "budgetLimit": {"amount": 100, "unit": "USD"}}
    stack = applied(lab, [document("Budget", "monthly", spec)])
    assert status(lab, stack).code == 0
    budgets, account = lab.client("budgets"), {"AccountId": "123456789012"}
    (one,) = budgets.describe_budgets(**account)["Budgets"]
    for spent, forecast, sign in (("90.0", "130.0", "✓"), ("120.5", "130.0", "✗")):
        amounts = {
            "ActualSpend": {"Amount": spent, "Unit": "USD"},
            "ForecastedSpend": {"Amount": forecast, "Unit": "USD"},
        }
        budgets.update_budget(**account, NewBudget={**one, "CalculatedSpend": amounts})
        told = status(lab, stack)
        assert told.line("Budget/monthly").startswith(sign)
    assert "120.5 of 100.0 USD are spent" in told.line("Budget/monthly")
    assert told.code == 2


def test_a_distribution_that_is_not_deployed_says_what_to_do() -> None:
    waiting = Live("Distribution", "E1", {}, state=State.PENDING, reason="InProgress", raw={"status": "InProgress"})
    said = "InProgress: its last change is on its way to the edges, for some minutes. Wait"
    assert drive(Distribution().inspect(waiting)) == said


def test_a_subscription_that_waits_for_a_person_is_told_and_no_fault(lab: Lab) -> None:
    subscription = {"protocol": "email", "endpoint": "ops@example.com"}
    stack = applied(lab, [document("Topic", "alerts", {"subscriptions": [subscription]})])
    told = status(lab, stack)
    assert told.line("Topic/alerts") == "✓ waiting for ops@example.com to confirm the subscription"
    assert told.code == 0


def test_a_look_that_aws_refuses_does_not_hide_the_others(lab: Lab) -> None:
    stack = applied(lab, [document("Topic", "alerts", {})])
    engine = lab.engine(stack)
    _, plan = engine.plan()

    class Half:
        """A door through which some looks do not pass."""

        calls = 0

        def run(self, program: Program[Any], token: str = "") -> Any:
            del token
            self.calls += 1
            if self.calls == 1:
                raise Denied("sns:GetTopicAttributes", "AccessDenied", "no")
            return drive(program)

    found = examine(plan, Half())
    (told,) = found.values()
    assert told == Finding(unseen=("unknown: sns:GetTopicAttributes failed: AccessDenied: no",))


def test_what_was_answered_is_not_asked_again() -> None:
    def twice() -> Program[list[Any]]:
        one = yield Call("sns", "ListTopics")
        two = yield Call("sns", "ListTopics")
        three = yield Call("sns", "ListTopics", region="eu-west-1")
        return [one, two, three]

    memory: dict[str, Any] = {}
    assert drive(remembered(twice(), memory), "a", "b") == ["a", "a", "b"]
    assert drive(remembered(twice(), memory)) == ["a", "a", "b"]
