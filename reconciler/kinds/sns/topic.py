"""Topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...policies import POLICY, faults
from ...types import Flag, Ref, Text
from . import SNS, TAGS, capital, text
from .delivery import TOPIC_POLICY
from .subscriptions import SUBSCRIPTION, Subscriptions, converge, read, waiting

FIFO = ".fifo"
OFF: dict[str, Any] = {
    "displayName": "", "kmsMasterKeyId": "", "signatureVersion": "1", "tracingConfig": "PassThrough",
    "fifoTopic": False, "contentBasedDeduplication": False,
}  # fmt: skip
"""What an attribute that AWS does not mention stands for."""


class Topic(Kind):
    """Where messages are sent, and who gets them."""

    service = SNS
    arn_like = ":sns:"
    api = Api(
        "ListTopics", "topics", "topicArn", "topicArn", create="CreateTopic", update="SetTopicAttributes",
        delete="DeleteTopic", missing=("NotFound", "NotFoundException"),
    )  # fmt: skip
    named = "name"
    name_limit = 256
    attributes = {"topicName": "name", "arn": "topicArn"}
    left_out = "Delivery-status logging, archives and data protection: none of the systems uses them."

    name = fixed(Text(pattern=r"^[\w-]{1,256}(\.fifo)?$"), "Its name in AWS.", default="the resource's name")
    displayName = field(Text(length=(0, 100)), "The sender that people see.", default="empty")
    kmsMasterKeyId = field(Ref(kind="Key", last=True), "The key that encrypts messages at rest. `''`: none.")
    policy = field(POLICY, "Who may publish and subscribe.", default="the account")
    deliveryPolicy = field(TOPIC_POLICY, "How often HTTP deliveries are tried again.")
    signatureVersion = field(Text(enum=("1", "2")), "How messages are signed.", default="1")
    tracingConfig = field(Text(enum=("PassThrough", "Active")), "Whether traces go through.", default="PassThrough")
    fifoTopic = fixed(Flag(), "Whether the order of messages is kept. The name must end in .fifo.", default="false")
    contentBasedDeduplication = field(Flag(), "Whether equal messages are one, on a FIFO topic.", default="false")
    subscriptions = later(
        Subscriptions(SUBSCRIPTION), "Who gets its messages. Others are removed. People confirm by e-mail, once."
    )
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """The listing has nothing but ARNs."""
        return [{**t, "name": t["topicArn"].rpartition(":")[2]} for t in (yield from super().listing(ask))]

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the attributes and the subscriptions if somebody manages any."""
        found: dict[str, Any] = {}
        if ask.fields - {"subscriptions", "name", "tags"}:
            answer = yield self.call("GetTopicAttributes", topicArn=raw["topicArn"], missing=self.api.missing)
            if answer is None:
                return None
            found |= answer["attributes"]
        if "subscriptions" in ask.fields:
            found["subscriptions"] = yield from read(raw["topicArn"])
        return found

    def decode(self, raw: Raw) -> dict[str, Any]:
        """Attributes bear the fields' names with a capital; AWS leaves out what is off."""
        said = {n: raw.get(capital(n)) or default for n, default in OFF.items()}
        said |= {n: raw[capital(n)] for n in self.fields if raw.get(capital(n))}
        found = {n: self.fields[n].type.decode(value) for n, value in said.items()}
        return {**found, **{n: raw[n] for n in ("name", "subscriptions") if n in raw}}

    def create(self, want: Wanted) -> Calls:
        """Only what differs from the defaults is said: AWS refuses ``FifoTopic: false``, for one."""
        told = self.encode(want, (n for n in self.fields if n not in ("name", "subscriptions", "tags")))
        attributes = {capital(n): text(value) for n, value in told.items() if value not in (False, "")}
        tags = self.service.create_tags("", want.tags)
        yield self.call("CreateTopic", name=want.name, attributes=attributes or None, **tags)

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Send one call per attribute: AWS has no other."""
        for name, value in self.encode(want, changed).items():
            to = {"attributeName": capital(name), "attributeValue": text(value)}
            yield self.call("SetTopicAttributes", topicArn=live.id, **to)

    @writes("subscriptions")
    def set_subscriptions(self, want: Wanted, live: Live) -> Calls:
        yield from converge(want, live)

    def note(self, want: Wanted, live: Live) -> str:
        """A subscription that waits for a person is worth telling, and no fault."""
        del want
        people = waiting(live.raw.get("subscriptions", ()))
        return f"waiting for {', '.join(people)} to confirm the subscription" if people else ""

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """FIFO topics bear it in their name; e-mail cannot be delivered raw."""
        yield from ((f"policy{path}", message) for path, message in faults(spec.get("policy"), principal=True))
        name = spec.get("name")
        if isinstance(name, str) and name.endswith(FIFO) != (spec.get("fifoTopic") is True):
            yield "name", "a name ends in .fifo if, and only if, fifoTopic is true. Change one of them"
        for i, item in enumerate(spec.get("subscriptions") or ()):
            if item.get("rawMessageDelivery") is True and str(item.get("protocol")) in ("email", "email-json", "sms"):
                where = f"subscriptions[{i}].rawMessageDelivery"
                yield where, f"{item['protocol']} cannot deliver raw messages. Remove it"
