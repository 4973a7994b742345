"""A report as a person reads it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Report = Mapping[str, Any]
Paint = Callable[[str, str], str]
SIGNS = {
    "create": "+",
    "update": "~",
    "replace": "±",
    "delete": "-",
    "restore": "↺",
    "adopt": "→",
    "wait": "…",
    "refused": "!",
    "none": "·",
}
COLOURS = {
    "create": "green",
    "update": "yellow",
    "replace": "magenta",
    "delete": "red",
    "restore": "yellow",
    "adopt": "cyan",
    "wait": "blue",
    "refused": "red",
}
WORDS = {"create": "to create", "update": "to update", "replace": "to replace", "delete": "to delete", "wait": "to wait for",
         "refused": "refused", "failed": "failed", "unknown": "unknown"}  # fmt: skip
DONE = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}
HEALTH = {"healthy": "✓", "unknown": "?"}
"""Signs of what is as git says; of everything else, it is ✗."""
UPDATES = {"restore": "update", "adopt": "update"}
"""Actions that are counted as another."""


def plain(text: str, _colour: str) -> str:
    """Return the text without colour."""
    return text


def render(report: Report, paint: Paint = plain, *, verbose: bool = True) -> str:
    """Return the report as lines of text."""
    revision = f", revision {report['revision'][:9]}" if report["revision"] else ""
    head = f"{report['stack']}  account {report['account']}, {report['region']}{revision}"
    body = [line for change in report["changes"] for line in _change(change, paint, verbose=verbose)]
    if "resources" in report:
        body = [line for resource in report["resources"] for line in _resource(resource, paint)]
    strays = [f"  ? {u['parent']}  unmanaged: {u['what']}" for u in report["unmanaged"]]
    strays += [
        f"  ? {e['address']}  {e['field']} is ignored no longer: that ended on {e['until']} ({e['reason']})"
        for e in report.get("expired", ())
    ]
    outputs = [
        f"  {name} = {value if value is not None else '(not known yet)'}" for name, value in report["outputs"].items()
    ]
    parts = [[head], body, strays, outputs and ["Outputs:", *outputs], [_verdict(report, paint)]]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _change(change: Mapping[str, Any], paint: Paint, *, verbose: bool) -> Iterator[str]:
    action = change["action"]
    sign = "✗" if change.get("failed") else SIGNS[action]
    source = change.get("source")
    where = f"  {source['file']}:{source['line']}" if source else ""
    effect = f"  [{change['impact']}]" if change["impact"] not in ("none", action) else ""
    word = _word(change)
    yield (
        paint(
            f"  {sign} {change['address']}  {word}{effect}", COLOURS.get(action, "red" if change.get("failed") else "")
        )
        + where
    )
    shows_reason = action not in ("create", "update") or change.get("failed")
    if change["reason"] and shows_reason:
        yield f"      {change['reason']}"
    if action == "create" and not change.get("failed"):
        return
    for entry in change["fields"] if verbose else ():
        cause = f"  ({entry['cause']})" if entry["cause"] not in ("unknown", "missing") else ""
        yield f"      {entry['path']}: {short(entry['live'])} → {short(entry['desired'])}{cause}"


def _word(change: Mapping[str, Any]) -> str:
    action = change["action"]
    if change.get("failed"):
        return f"failed to {action}" if action != "none" else "failed"
    kept = "kept" if change["cause"] == "orphan" else str(change["cause"])
    return kept if action == "none" else str(action)


def _resource(resource: Mapping[str, str], paint: Paint) -> Iterator[str]:
    sign = _sign(resource)
    colour = {"✓": "green", "?": "yellow"}.get(sign, "red")
    yield paint(f"  {sign} {resource['address']:44} {resource['sync']:12} {resource['health']}", colour)
    if resource["reason"]:
        yield f"      {resource['reason']}"


def _sign(resource: Mapping[str, str]) -> str:
    return HEALTH.get(resource["health"], "✗") if resource["sync"] in ("in-sync", "kept") else "✗"


def _unwell(report: Report) -> str:
    """Return how many resources are not ✓, and what to do where git and AWS differ."""
    signs = Counter(map(_sign, report["resources"]))
    told = f"Not well: {signs['✗']} of {len(report['resources'])} resources"
    told += f", and {signs['?']} of which nobody can tell" if signs["?"] else ""
    differs = any(resource["sync"] not in ("in-sync", "kept") for resource in report["resources"])
    return f"{told}. {'`reconciler plan` shows what `apply` would change' if differs else 'The lines above say why'}."


def short(value: Any) -> str:
    """Return a value on one line, cut where it becomes unreadable."""
    if value is None:
        return "(absent)"
    told = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return told if len(told) <= 100 else told[:97] + "…"  # noqa: PLR2004 — a line of a terminal


def _counts(report: Report) -> Iterator[str]:
    """Yield how many were done, and how many are still to be done."""
    done = Counter(UPDATES.get(c["action"], c["action"]) for c in report["changes"] if c.get("done"))
    for name, word in WORDS.items():
        rest = report["summary"][name] - done[name]
        yield from (f"{n} {told}" for n, told in ((done[name], DONE.get(name, "")), (rest, word)) if n > 0)


def _verdict(report: Report, paint: Paint) -> str:
    result, summary = report["result"], report["summary"]
    counts = ", ".join(_counts(report))
    calls = report["calls"]
    cost = f"{calls['read']} reading and {calls['write']} writing calls, {report['seconds']:.1f} s"
    gone = report.get("command") == "destroy"
    sentence = {
        "in-sync": f"In sync: {summary['inSync']} resources are as git says.",
        "done": f"Done: {counts or 'nothing was to be done'}"
        + ("." if gone else f"; {summary['inSync']} resources are as git says."),
        "changes": _unwell(report) if "resources" in report else f"Changes: {counts}.",
        "drift": f"Drift: {counts}.",
        "refused": f"Refused: {counts}. Nothing that is refused was touched.",
        "failed": f"Failed: {counts or 'something could not be read'}. The rest goes on; run again to continue from here.",
        "unsettled": f"Applied, but not settled: {counts}. Run again, or look at what is named above.",
    }[result]
    return (
        paint(sentence, {"in-sync": "green", "done": "green", "failed": "red", "refused": "red"}.get(result, "yellow"))
        + f"  ({cost})"
    )
