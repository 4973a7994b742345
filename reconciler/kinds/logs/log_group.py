"""LogGroup."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import Flag, Integer, Ref, Text
from . import LOGS, TAGS

FOR_EVER = 0
DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


class LogGroup(Kind):
    """Where logs are kept, and for how long."""

    service = LOGS
    arn_like = ":log-group:"
    api = Api(
        "DescribeLogGroups", "logGroups", "logGroupName", "logGroupArn", create="CreateLogGroup",
        delete="DeleteLogGroup", missing=("ResourceNotFoundException",),
    )  # fmt: skip
    named = "logGroupName"
    name_limit = 512
    holds_data = True
    attributes = {"logGroupName": "logGroupName", "arn": "logGroupArn"}
    left_out = "Data protection and index policies, transformers and subscriptions: documents of their own."

    logGroupName = fixed(Text(pattern=r"^[\w./#-]{1,512}$"), "Its name in AWS.", default="the resource's name")
    logGroupClass = fixed(
        Text(enum=("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")), "What can be done with the logs.", default="STANDARD"
    )
    retentionInDays = later(Integer(choices=(FOR_EVER, *DAYS)), "Days that logs are kept. `0`: for ever.", default="0")
    kmsKeyId = field(
        Ref(kind="Key", last=True), "The ARN of the key that encrypts them. `''`: AWS's own.", update=False
    )
    deletionProtectionEnabled = later(Flag(), "Whether AWS refuses to delete it.", default="false")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """List only what begins like ours: an account can have thousands. ARNs end in ``:*`` unless one takes care."""
        ours = (arn.partition(":log-group:")[2] for arn in ask.index)
        names = sorted({*ask.keys, *filter(None, ours)})
        if not names:
            return []
        prefix = commonprefix(names)  # noqa: RUF071  # These are names, not paths.
        answer = yield self.call("DescribeLogGroups", logGroupNamePrefix=prefix or None)
        return [
            {"retentionInDays": FOR_EVER, "kmsKeyId": "", "logGroupClass": "STANDARD", **group,
             "logGroupArn": group.get("logGroupArn") or group["arn"].removesuffix(":*")}
            for group in answer["logGroups"]
        ]  # fmt: skip

    @writes("retentionInDays")
    def set_retention(self, want: Wanted, live: Live) -> Calls:
        if want["retentionInDays"] == FOR_EVER:
            yield self.call("DeleteRetentionPolicy", logGroupName=live.id)
        else:
            yield self.call("PutRetentionPolicy", logGroupName=live.id, retentionInDays=want["retentionInDays"])

    @writes("kmsKeyId")
    def set_key(self, want: Wanted, live: Live) -> Calls:
        """What was written before stays under the old key."""
        if want["kmsKeyId"]:
            yield self.call("AssociateKmsKey", logGroupName=live.id, kmsKeyId=want["kmsKeyId"])
        else:
            yield self.call("DisassociateKmsKey", logGroupName=live.id)

    @writes("deletionProtectionEnabled")
    def set_protection(self, want: Wanted, live: Live) -> Calls:
        enabled = want["deletionProtectionEnabled"]
        yield self.call("PutLogGroupDeletionProtection", logGroupIdentifier=live.id, deletionProtectionEnabled=enabled)

    def protected(self, live: Live) -> str:
        if not live.raw.get("deletionProtectionEnabled"):
            return ""
        return "AWS protects it from deletion: apply deletionProtectionEnabled: false first"
