"""AnomalyMonitor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Text
from . import CE, TAGS
from .expression import Expression, faults
from .subscriptions import GONE, SUBSCRIPTIONS, check, converge, declined, end, read

DIMENSIONS = ("SERVICE", "LINKED_ACCOUNT", "TAG", "COST_CATEGORY")
BY_KEY = ("TAG", "COST_CATEGORY")
"""Dimensions of which a specification says the key."""
ONLY_ONE = "SERVICE"
"""The key of the monitor of all services, of which an account can have one."""


class AnomalyMonitor(Kind):
    """A watch over what things cost, which notices what is unusual."""

    service = CE
    arn_like = ":anomalymonitor/"
    api = Api(
        "GetAnomalyMonitors", "anomalyMonitors", "monitorArn", "monitorArn", create="CreateAnomalyMonitor",
        update="UpdateAnomalyMonitor", delete="DeleteAnomalyMonitor", missing=GONE,
    )  # fmt: skip
    named = "monitorName"
    name_limit = 1024
    duplicable = True
    coexists = False
    elsewhere = (
        "Choose another name; or leave it to that stack, if it is the monitor of all services: an account has one"
    )
    attributes = {"monitorName": "monitorName", "arn": "monitorArn"}
    left_out = "The threshold that is a plain number, which AWS has deprecated: thresholdExpression says the same."

    monitorName = field(Text(length=(1, 1024)), "Its name in AWS.", default="the resource's name")
    monitorType = fixed(
        Text(enum=("DIMENSIONAL", "CUSTOM")), "Whether it watches each value of a dimension, or what you choose.",
        required=True,
    )  # fmt: skip
    monitorDimension = fixed(Text(enum=DIMENSIONS), "The dimension, if it is DIMENSIONAL.")
    monitorSpecification = fixed(Expression(), "The costs that it watches, if it is CUSTOM.")
    subscriptions = later(SUBSCRIPTIONS, "Who is told, of what, and how often. Others are ended.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """What is one of its kind is the same whatever its name."""
        return _key(want.spec, want.name)

    def key_of(self, raw: Raw) -> str:
        """What is one of its kind is the same whatever its name."""
        return _key(raw, raw["monitorName"])

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the subscriptions if somebody manages any."""
        return {"subscriptions": (yield from read(raw["monitorArn"]))} if "subscriptions" in ask.fields else {}

    def create(self, want: Wanted) -> Calls:
        told = {"monitorName": want.name, **self.encode(want, [n for n, f in self.fields.items() if f.create])}
        told.pop("tags", None)
        yield self.call("CreateAnomalyMonitor", anomalyMonitor=told, **CE.create_tags("", want.tags))

    @writes("subscriptions")
    def set_subscriptions(self, want: Wanted, live: Live) -> Calls:
        yield from converge(want, live)

    def delete(self, live: Live) -> Calls:
        """End its subscriptions first: without a monitor they would stay, and tell nobody anything."""
        for subscription in (yield from read(live.arn)):
            yield from end(subscription, live.arn)
        yield from super().delete(live)

    def note(self, want: Wanted, live: Live) -> str:
        """Somebody who does not want the messages is worth telling."""
        del want
        people = declined(live.raw.get("subscriptions", ()))
        return f"{', '.join(people)} declined the messages" if people else ""

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """A type needs its own fields, and refuses the other's."""
        kind, dimension = spec.get("monitorType"), spec.get("monitorDimension")
        told = "monitorSpecification" in spec
        if (kind == "DIMENSIONAL") != ("monitorDimension" in spec) and isinstance(kind, str):
            yield "monitorDimension", "goes together with monitorType DIMENSIONAL. Add or remove it"
        if told != (kind == "CUSTOM" or dimension in BY_KEY) and isinstance(kind, str):
            who = f"monitorType CUSTOM, and with the dimensions {' and '.join(BY_KEY)}"
            yield "monitorSpecification", f"goes together with {who}. Add or remove it"
        yield from faults(spec.get("monitorSpecification"), "monitorSpecification")
        yield from check(spec.get("subscriptions"))

    def check_among(self, specs: Mapping[str, Raw]) -> Iterator[tuple[str, str, str]]:
        """An account has one monitor of all services."""
        several = [one for one, spec in specs.items() if _key(spec, "") == ONLY_ONE]
        for one in several[1:]:
            message = f"an account has one monitor of all services, and AnomalyMonitor/{several[0]} is it. Remove one"
            yield one, "monitorDimension", message


def _key(spec: Raw, name: str) -> str:
    return ONLY_ONE if spec.get("monitorDimension") == "SERVICE" else name
