"""Secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, State, Wanted, field, later, writes
from ...policies import POLICY
from ...types import Ref, Text
from ...values import Generate, SecretRef
from . import SECRETS, TAGS
from .value import SecretValue, source


class Secret(Kind):
    """A named secret value, kept encrypted, with its versions."""

    service = SECRETS
    api = Api("ListSecrets", "secretList", "arn", "arn", create="CreateSecret", update="UpdateSecret", delete="DeleteSecret",
              params={"includePlannedDeletion": True}, missing=("ResourceNotFoundException",))  # fmt: skip
    named = "name"
    name_limit = 512
    arn_like = ":secretsmanager:"
    holds_data = True
    attributes = {"value": "value"}
    left_out = (
        "Replication to other regions and rotation by a function: whoever rotates a value declares it `external`."
    )

    name = field(
        Text(length=(1, 512), pattern=r"^[A-Za-z0-9/_+=.@-]+$"),
        "Its name in AWS.",
        update=False,
        default="the resource's name",
    )
    description = field(Text(length=(0, 2048)), "What it is for.")
    kmsKeyId = field(
        Ref(kind="Key", last=True), "The key that encrypts it.", default="the account's aws/secretsmanager key"
    )
    value = field(
        SecretValue(), "Where its value comes from: `external`, `{generate: {…}}` or `{json: {…}}`.", required=True
    )
    resourcePolicy = later(POLICY, "Who may read it, beside what IAM says.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """AWS takes a hyphen and six characters at the end of a name for its own suffix of an ARN."""
        name = spec.get("name")
        if isinstance(name, str) and re.search(r"-[A-Za-z0-9]{6}$", name):
            yield (
                "name",
                f'"{name}" ends in a hyphen and six characters, which AWS confuses with its own suffix. Choose another end',
            )

    def state(self, raw: Raw) -> State | None:
        """A deleted secret keeps its name until its recovery window has passed."""
        return State.DELETED if raw.get("deletedDate") else State.READY

    def reason(self, raw: Raw) -> str:
        """Return the day that AWS has for the end of a deleted secret."""
        return f"AWS has it as deleted on {raw['deletedDate']:%Y-%m-%d}" if raw.get("deletedDate") else ""

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Find the current version; read the policy if somebody manages it."""
        stages = raw.get("secretVersionsToStages") or {}
        current = next((version for version, names in stages.items() if "AWSCURRENT" in names), None)
        value = SecretRef(raw["arn"], current) if current else None
        policy = None
        if "resourcePolicy" in ask.fields and not raw.get("deletedDate"):
            answer = yield self.call("GetResourcePolicy", secretId=raw["arn"], missing=self.api.missing)
            if answer is None:
                return None
            policy = answer.get("resourcePolicy")
        return {"version": current, "value": value, "resourcePolicy": policy}

    def decode(self, raw: Raw) -> dict[str, Any]:
        """The value is known by its version only."""
        plain = {k: raw[k] for k in ("name", "description", "kmsKeyId", "resourcePolicy") if raw.get(k) is not None}
        return {"description": "", **plain, "value": {"version": raw.get("version")}}

    def health(self, live: Live) -> str:
        """A secret without a value cannot be injected anywhere."""
        way = f"aws secretsmanager put-secret-value --secret-id {live.name} --secret-string …"
        return "" if live.spec["value"]["version"] else f"has no value yet: somebody has to set it: {way}"

    def create(self, want: Wanted) -> Calls:
        """Create it with its value, so that it never exists without one."""
        made = source(want.get("value"))
        token = want.token if made is None or isinstance(made, Generate) else made.fingerprint
        told = self.encode(want, ("description", "kmsKeyId"))
        yield self.call(
            "CreateSecret",
            name=want.name,
            secretString=made,
            clientRequestToken=token,
            **told,
            **SECRETS.create_tags("", want.tags),
        )

    def update(self, want: Wanted, live: Live, changed: Any) -> Calls:
        """Send the changed attributes."""
        yield self.call("UpdateSecret", secretId=live.arn, **self.encode(want, changed))

    @writes("value")
    def set_value(self, want: Wanted, live: Live) -> Calls:
        """Make the version that is wanted the current one; a version that exists already is only moved to."""
        made = source(want["value"])
        if made is None:
            return
        version = want.token if isinstance(made, Generate) else made.fingerprint
        if version in (live.raw.get("secretVersionsToStages") or {}):
            yield self.call(
                "UpdateSecretVersionStage",
                secretId=live.arn,
                versionStage="AWSCURRENT",
                moveToVersionId=version,
                removeFromVersionId=live.raw["version"],
            )
        else:
            yield self.call(
                "PutSecretValue",
                secretId=live.arn,
                secretString=made,
                clientRequestToken=version,
                versionStages=["AWSCURRENT"],
            )

    @writes("resourcePolicy")
    def set_policy(self, want: Wanted, live: Live) -> Calls:
        """Put the policy; AWS refuses one that opens the secret to everybody."""
        yield self.call(
            "PutResourcePolicy", secretId=live.arn, blockPublicPolicy=True, **self.encode(want, ["resourcePolicy"])
        )

    def restore(self, live: Live) -> Calls:
        """Take the deletion back."""
        yield self.call("RestoreSecret", secretId=live.arn)

    def delete(self, live: Live) -> Calls:
        """Schedule the deletion: for a month, it can be taken back."""
        yield self.call("DeleteSecret", secretId=live.arn, recoveryWindowInDays=30, missing=self.api.missing)
