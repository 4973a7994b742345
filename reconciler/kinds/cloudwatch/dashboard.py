"""Dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...kind import Api, Ask, Calls, Kind, Live, Program, Raw, Wanted, field, fixed
from ...types import Document, Text
from . import CLOUDWATCH, TAGS


class Dashboard(Kind):
    """A page of graphs."""

    service = CLOUDWATCH
    arn_like = ":dashboard/"
    api = Api(
        "ListDashboards", "dashboardEntries", "dashboardName", "dashboardArn", create="PutDashboard",
        update="PutDashboard", delete="DeleteDashboards",
        missing=("ResourceNotFound", "DashboardNotFoundError", "ResourceNotFoundException"),
    )  # fmt: skip
    named = "dashboardName"
    attributes = {"dashboardName": "dashboardName", "arn": "dashboardArn"}
    left_out = "Nothing: a dashboard is its body."

    dashboardName = fixed(Text(pattern=r"^[\w-]{1,255}$"), "Its name in AWS.", default="the resource's name")
    dashboardBody = field(Document(), "Its widgets, as CloudWatch's JSON has them, in YAML.", required=True)
    tags = field(TAGS, "Tags, beside those of the stack.")

    def details(self, raw: Raw, ask: Ask) -> Program[Raw | None]:
        """The listing has no bodies."""
        del ask
        answer = yield self.call("GetDashboard", dashboardName=raw["dashboardName"], missing=self.api.missing)
        return None if answer is None else {"dashboardBody": answer["dashboardBody"]}

    def update(self, want: Wanted, live: Live, changed: Sequence[str]) -> Calls:
        """Put the body; the tags stay."""
        yield self.call("PutDashboard", dashboardName=live.id, **self.encode(want, changed))

    def delete(self, live: Live) -> Calls:
        yield self.call("DeleteDashboards", dashboardNames=[live.id], missing=self.api.missing)

    def check(self, spec: Raw) -> Iterator[tuple[str, str]]:
        """Every widget needs a type and properties; the grid is 24 wide."""
        body = spec.get("dashboardBody")
        widgets = body.get("widgets") if isinstance(body, dict) else None
        if isinstance(body, dict) and not isinstance(widgets, list):
            yield "dashboardBody.widgets", "is not a list. List the widgets"
        for i, widget in enumerate(widgets if isinstance(widgets, list) else ()):
            where = f"dashboardBody.widgets[{i}]"
            if not {"type", "properties"} <= widget.keys():
                yield where, "needs type and properties. Add what is missing"
            x, width = widget.get("x", 0), widget.get("width", 6)
            if isinstance(x, int) and isinstance(width, int) and x + width > GRID:
                yield where, f"ends at column {x + width} of {GRID}. Make x or width smaller"


GRID = 24
"""Columns of a dashboard."""
