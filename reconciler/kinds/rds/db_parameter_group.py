"""DBParameterGroup."""

from __future__ import annotations

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed, later, writes
from ...types import MapOf, Text
from ..settings import Setting, spelled, values_of
from . import RDS, TAGS

AT_ONCE = 20


class DBParameterGroup(Kind):
    """Settings of a database engine."""

    service = RDS
    api = Api(
        "DescribeDBParameterGroups", "dbParameterGroups", "dbParameterGroupName", arn="dbParameterGroupArn",
        create="CreateDBParameterGroup", delete="DeleteDBParameterGroup", missing=("DBParameterGroupNotFound",),
    )  # fmt: skip
    named = "dbParameterGroupName"
    arn_like = ":pg:"
    attributes = {"arn": "dbParameterGroupArn"}
    left_out = "Resetting a parameter that git no longer names: what is absent is not managed. Name its default."

    dbParameterGroupName = fixed(Text(fold=True, length=(1, 255)), "Its name in AWS, which keeps it in lower case.")
    dbParameterGroupFamily = fixed(Text(fold=True), "Engine and major version, e.g. `postgres15`.", required=True)
    description = fixed(Text(length=(1, 255)), "What it is for. AWS cannot change it afterwards.", required=True)
    parameters = later(MapOf(Setting(), partial=True), "Settings by name, in AWS's units.")
    tags = field(TAGS, "Tags, beside those of the stack.")

    def key(self, want: Wanted) -> str:
        """AWS keeps names in lower case."""
        return want.name.lower()

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """Read what somebody has set; hundreds of others have the engine's defaults."""
        if "parameters" not in ask.fields:
            return {}
        params = {"dbParameterGroupName": raw["dbParameterGroupName"], "source": "user"}
        answer = yield self.call("DescribeDBParameters", missing=self.api.missing, **params)
        found = values_of(answer)
        return None if found is None else {"parameters": found}

    @writes("parameters")
    def set_parameters(self, want: Wanted, live: Live) -> Calls:
        """Set what differs; only the engine knows how it spells a switch, and what takes a reboot."""
        answer = yield self.call("DescribeDBParameters", dbParameterGroupName=live.id)
        known = {p["parameterName"]: p for p in (answer or {}).get("parameters", ())}
        kind, found = self.fields["parameters"].type, live.spec.get("parameters", {})
        changes = [
            change(name, value, known.get(name, {}))
            for name, value in kind.encode(want["parameters"]).items()
            if any(kind.diff("", {name: value}, found))
        ]
        for start in range(0, len(changes), AT_ONCE):
            some = changes[start : start + AT_ONCE]
            yield self.call("ModifyDBParameterGroup", dbParameterGroupName=live.id, parameters=some)


def change(name: str, value: str, known: Raw) -> dict[str, str]:
    """Return one setting as the engine takes it."""
    method = "immediate" if known.get("applyType") == "dynamic" else "pending-reboot"
    return {"parameterName": name, "parameterValue": spelled(value, known.get("allowedValues")), "applyMethod": method}
