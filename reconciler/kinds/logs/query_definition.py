"""QueryDefinition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...kind import Api, Ask, Call, Calls, Kind, Live, Program, Raw, Service, Tags, Wanted, field
from ...types import Ref, SetOf, Struct, Text
from . import LOGS
from .marks import commented, uncommented

MOST = 1000
"""As many as one answer has, and as an account can have."""
PARAMETER = Struct(
    {"name": Text(pattern=r"^[A-Za-z_]\w{0,127}$"), "defaultValue": Text(), "description": Text(length=(0, 512))},
    required=("name",),
)


class Query(Text):
    """A query: white space at the ends of its lines says nothing."""

    def canon(self, value: Any) -> Any:
        """Return it without that."""
        return "\n".join(map(str.rstrip, value.strip().splitlines())) if isinstance(value, str) else value


def remark(live: Live, tags: Tags) -> Calls:
    """Write the mark that keeps these tags into the query as it is by now: it may just have been saved."""
    answer = yield LOGS.call("DescribeQueryDefinitions", maxResults=MOST)
    found = (answer or {}).get("queryDefinitions", ())
    now = next((raw for raw in found if raw["queryDefinitionId"] == live.id), live.raw)
    query, have = uncommented(now.get("queryString", ""))
    if have != {**have, **tags}:
        yield saved(now, now.get("name", live.name), {"queryString": query}, {**have, **tags})


class QueryDefinition(Kind):
    """A saved query of Logs Insights. A comment at its end, `# reconciler:…`, says whose it is."""

    service = Service("logs", tag=remark, create_tags=lambda _kind, _tags: {}, read_tags=lambda raw: raw["tags"])
    api = Api(
        "DescribeQueryDefinitions", "queryDefinitions", "queryDefinitionId", create="PutQueryDefinition",
        update="PutQueryDefinition", delete="DeleteQueryDefinition", params={"maxResults": MOST},
        missing=("ResourceNotFoundException",),
    )  # fmt: skip
    named = "name"
    duplicable = True
    attributes = {"queryDefinitionId": "queryDefinitionId", "name": "name"}
    left_out = "Queries in SQL and PPL, whose comments look otherwise: `queryLanguage` is always CWLI."

    name = field(Text(length=(1, 255)), "Its name in AWS; slashes make folders.", default="the resource's name")
    queryString = field(Query(length=(1, 9000)), "The query, in the language of Logs Insights.", required=True)
    logGroupNames = field(SetOf(Ref(kind="LogGroup"), most=50), "The log groups that it asks.", default="none")
    parameters = field(
        SetOf(PARAMETER, by="name", most=20), "What its user fills in, where the query has `{{name}}`.", default="none"
    )

    def listing(self, ask: Ask) -> Program[Sequence[Raw]]:
        """All of them: only they say whose they are. Empty lists are there, whether AWS shows them or not."""
        listed = yield from super().listing(ask)
        rows = []
        for raw in listed:
            query, tags = uncommented(raw["queryString"])
            rows.append({"logGroupNames": [], "parameters": [], **raw, "queryString": query, "tags": tags})
        return rows

    def create(self, want: Wanted) -> Calls:
        """Save it with its mark."""
        told = self.encode(want, ("logGroupNames", "parameters"))
        query = commented(want["queryString"], want.tags)
        # Longer than what the door would fill in: this API takes no token of less than 36 characters.
        token = f"reconciler-{want.token}"
        yield self.call("PutQueryDefinition", name=want.name, queryString=query, clientToken=token, **told)

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """A query is saved as a whole: what git does not mention stays as it is."""
        del changed
        told = self.encode(want, ("queryString", "logGroupNames", "parameters"))
        yield saved(live.raw, want.name, told, live.tags or {})


def saved(raw: Raw, name: str, told: Raw, tags: Tags) -> Call:
    """Return the call that saves it again, with what is told instead of what is there."""
    kept = {part: raw[part] for part in ("logGroupNames", "parameters") if raw.get(part)}
    query = commented(told.get("queryString", raw.get("queryString", "")), tags)
    whole = {**kept, **told, "queryString": query}
    return LOGS.call("PutQueryDefinition", queryDefinitionId=raw.get("queryDefinitionId", ""), name=name, **whole)
