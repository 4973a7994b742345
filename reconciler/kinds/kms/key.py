"""Key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, State, Wanted, field, fixed, later, writes
from ...policies import POLICY, faults
from ...types import Flag, Integer, Text
from . import KMS, SPECS, SYMMETRIC, TAGS, USES
from .alias import take_alias

WINDOW = "reconciler:deletion-window"
"""The tag that keeps the deletion window: AWS has no place for it, and git is gone when it is needed."""
ROTATION = frozenset({"enableKeyRotation", "rotationPeriodInDays"})
NEVER = ("UnsupportedOperationException",)
"""What AWS says of the rotation of a key whose material is not its own."""


class Key(Kind):
    """A key that encrypts, signs or authenticates, and never leaves AWS."""

    service = KMS
    arn_like = ":kms:"
    duplicable = True
    api = Api(
        id="keyId", arn="arn", ref="arn", create="CreateKey", missing=("NotFoundException",), status="keyState",
        ready=frozenset({"Enabled", "Disabled"}), failed=frozenset({"Unavailable"}),
        leaving=frozenset({"PendingReplicaDeletion"}),
    )  # fmt: skip
    holds_data = True
    attributes = {"keyId": "keyId", "arn": "arn", "alias": "alias"}
    left_out = "Imported material, custom key stores, replicas in other regions, and grants, which services make."

    description = field(Text(length=(0, 8192)), "What it is for.", default="empty", update=False)
    keySpec = fixed(Text(enum=SPECS), "What kind of key it is.", default=SYMMETRIC)
    keyUsage = fixed(Text(enum=USES), "What it may be used for.", default="ENCRYPT_DECRYPT")
    multiRegion = fixed(Flag(), "Whether it can have replicas in other regions.", default="false")
    policy = field(POLICY, "Who may use and who may manage it.", default="the account decides by IAM", update=False)
    enabled = later(Flag(), "Whether it can be used.", default="true")
    enableKeyRotation = later(Flag(), "Whether AWS renews its material.", path="keyRotationEnabled", default="false")
    rotationPeriodInDays = later(Integer(90, 2560), "Days between renewals.", default="365")
    alias = later(Text(pattern=r"^alias/(?!aws/)[\w/-]{1,250}$"), "The name that it goes by: `alias/…`.")
    pendingWindowInDays = later(Integer(7, 30), "Days between its deletion and the end of it.", default="30")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """Its alias: a key itself has no name."""
        return str(want.get("alias", ""))

    def key_of(self, raw: Raw) -> str:
        return str(raw.get("alias", ""))

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """Keys that the tag index knows, and keys behind the wanted aliases; nobody else's key is looked at."""
        ours = {arn.rpartition("/")[2] for arn in ask.index if ":kms:" in arn and ":key/" in arn}
        names: dict[str, str] = {}
        if ask.keys or "alias" in ask.fields:
            answer = yield self.call("ListAliases")
            listed = answer["aliases"]
            held = sorted((a["aliasName"] not in ask.keys, a["aliasName"], a.get("targetKeyId", "")) for a in listed)
            ours |= {key for foreign, _, key in held if key and not foreign}
            names = {key: name for _, name, key in reversed(held) if key}
        at = f"arn:aws:kms:{ask.region}:{ask.account}:key/"
        return [{"keyId": i, "arn": at + i, **({"alias": names[i]} if i in names else {})} for i in sorted(ours)]

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read the key, and what of its satellites somebody manages."""
        gone = self.api.missing
        answer = yield self.call("DescribeKey", keyId=raw["keyId"], missing=gone)
        if answer is None:
            return None
        found = dict(answer["keyMetadata"])
        if "policy" in ask.fields:
            found |= (yield self.call("GetKeyPolicy", keyId=raw["keyId"], policyName="default", missing=gone)) or {}
        if not ask.fields.isdisjoint(ROTATION) and found.get("keySpec", SYMMETRIC) == SYMMETRIC:
            found |= (yield self.call("GetKeyRotationStatus", keyId=raw["keyId"], missing=(*gone, *NEVER))) or {}
        return {"keyRotationEnabled": False, **found, "keyId": raw["keyId"]}

    def live(self, raw: Raw, ask: Ask) -> Program[Live]:
        """The deletion window stands in a tag."""
        live = yield from super().live(raw, ask)
        window = (live.tags or {}).get(WINDOW, "")
        return replace(live, spec={**live.spec, "pendingWindowInDays": int(window)}) if window.isdigit() else live

    def state(self, raw: Raw) -> State | None:
        """A key that waits for its deletion can be had back."""
        return State.DELETED if raw.get("keyState") == "PendingDeletion" else super().state(raw)

    def create(self, want: Wanted) -> Calls:
        """Name it at once: without an alias it is found only when the tag index has it."""
        window = {WINDOW: str(want["pendingWindowInDays"])} if "pendingWindowInDays" in want.spec else {}
        answer = (yield next(super().create(replace(want, tags={**want.tags, **window})))) or {}
        if "alias" in want.spec:
            key = answer.get("keyMetadata", {}).get("keyId", "")
            yield from take_alias(want["alias"], key, want.tags)

    @writes("alias")
    def set_alias(self, want: Wanted, live: Live) -> Calls:
        """Take the new name before the old one is given up."""
        yield from take_alias(want["alias"], live.id, want.tags)
        if live.spec.get("alias"):
            yield self.call("DeleteAlias", aliasName=live.spec["alias"], missing=self.api.missing)

    @writes("description")
    def describe(self, want: Wanted, live: Live) -> Calls:
        yield self.call("UpdateKeyDescription", keyId=live.id, description=want["description"])

    @writes("policy")
    def set_policy(self, want: Wanted, live: Live) -> Calls:
        yield self.call("PutKeyPolicy", keyId=live.id, policyName="default", policy=POLICY.encode(want["policy"]))

    @writes("enabled", *ROTATION)
    def set_use(self, want: Wanted, live: Live) -> Calls:
        """A disabled key cannot be told to rotate, hence the order."""
        enabled = want.get("enabled", live.spec.get("enabled"))
        if enabled and not live.spec.get("enabled"):
            yield self.call("EnableKey", keyId=live.id)
        rotation = want.only(sorted(ROTATION))
        if any(live.spec.get(name) != value for name, value in rotation.items()):
            if rotation.get("enableKeyRotation"):
                period = rotation.get("rotationPeriodInDays")
                yield self.call("EnableKeyRotation", keyId=live.id, rotationPeriodInDays=period)
            else:
                yield self.call("DisableKeyRotation", keyId=live.id)
        if not enabled and live.spec.get("enabled"):
            yield self.call("DisableKey", keyId=live.id)

    @writes("pendingWindowInDays")
    def keep_window(self, want: Wanted, live: Live) -> Calls:
        yield from self.tag(live, {WINDOW: str(want["pendingWindowInDays"])})

    def restore(self, live: Live) -> Calls:
        """A key that comes back is disabled at first."""
        yield self.call("CancelKeyDeletion", keyId=live.id)
        yield self.call("EnableKey", keyId=live.id)

    def delete(self, live: Live) -> Calls:
        """Its alias stays with it to the end: by it the key is found again and restored."""
        window = live.spec.get("pendingWindowInDays", 30)
        yield self.call("ScheduleKeyDeletion", keyId=live.id, pendingWindowInDays=window, missing=self.api.missing)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Only symmetric keys rotate, and each spec has its uses."""
        yield from ((f"policy{path}", message) for path, message in faults(spec.get("policy"), principal=True))
        kind, use = spec.get("keySpec", SYMMETRIC), spec.get("keyUsage", USES[0])
        if spec.get("enableKeyRotation") is True and kind != SYMMETRIC:
            yield "enableKeyRotation", f"AWS rotates only {SYMMETRIC} keys. Remove it, or change keySpec"
        if "rotationPeriodInDays" in spec and spec.get("enableKeyRotation") is not True:
            yield "rotationPeriodInDays", "says nothing unless the key rotates. Add enableKeyRotation: true"
        needs = {SYMMETRIC: USES[0], **{s: USES[2] for s in SPECS if s.startswith("HMAC")}}.get(kind, use)
        if use != needs:
            yield "keyUsage", f"{kind} keys are for {needs} only. Change keyUsage or keySpec"
