"""When a schedule runs: ``cron(…)``, ``rate(…)`` or ``at(…)``, and what AWS would refuse of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

FORMS = "cron(minutes hours day-of-month month day-of-week year), rate(5 minutes) or at(2026-01-31T12:00:00)"
_FORM = re.compile(r"^(cron|rate|at)\(([^()]*)\)$")
_RATE = re.compile(r"^([1-9]\d*) (minute|hour|day)s?$")
_AT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...], str], ...] = (
    ("minutes", 0, 59, (), ""),
    ("hours", 0, 23, (), ""),
    ("day-of-month", 1, 31, (), r"^(\?|L|LW|([1-9]|[12]\d|3[01])W)$"),
    ("month", 1, 12, MONTHS, ""),
    ("day-of-week", 1, 7, DAYS, rf"^(\?|L|([1-7]|{'|'.join(DAYS)})(L|#[1-5]))$"),
    ("year", 1970, 2199, (), ""),
)
"""Name, least, most, names from the least on, and what else may stand there alone."""


def faults(text: str) -> Iterator[str]:
    """Yield what is wrong with an expression, in words that end with what to write."""
    form = _FORM.match(text)
    if form is None:
        yield f"{text!r} is no schedule. Write {FORMS}"
    elif form[1] == "rate":
        if not _RATE.match(form[2]):
            yield f"{form[2]!r} is no rate. Write a number from 1 and minutes, hours or days"
    elif form[1] == "at":
        if not _exists(form[2]):
            yield f"{form[2]!r} is no moment. Write it as 2026-01-31T12:00:00, without a zone"
    else:
        yield from _cron(form[2].split())


def recurs(text: str) -> bool:
    """Whether it runs more than once."""
    return not text.startswith("at(")


def _exists(text: str) -> bool:
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(_AT.match(text))


def _cron(parts: list[str]) -> Iterator[str]:
    if len(parts) != len(FIELDS):
        yield f"cron() has {len(parts)} fields instead of 6. Write minutes hours day-of-month month day-of-week year"
        return
    for part, (name, least, most, names, alone) in zip(parts, FIELDS, strict=True):
        if not (alone and re.match(alone, part)) and not all(_item(i, least, most, names) for i in part.split(",")):
            yield f"{part!r} is no {name}. Write {least}-{most}, a list, a range, a step (/) or *"
    if (parts[2] == "?") == (parts[4] == "?"):
        yield "needs a ? for either day-of-month or day-of-week. Write ? for the one that does not count"


def _item(text: str, least: int, most: int, names: tuple[str, ...]) -> bool:
    span, slash, step = text.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        return False
    if span == "*":
        return True
    ends = [_number(end, least, names) for end in span.split("-")]
    return len(ends) <= 2 and all(end is not None and least <= end <= most for end in ends)  # noqa: PLR2004 — a range


def _number(text: str, least: int, names: tuple[str, ...]) -> int | None:
    if text.isdecimal():
        return int(text)
    return least + names.index(text.upper()) if text.upper() in names else None
