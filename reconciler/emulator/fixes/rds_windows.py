"""RDS backup and maintenance windows: touching is allowed, overlapping is not."""

from __future__ import annotations

import re

from reconciler.emulator.fixes.agenda import refuse

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY, _WEEK = 24 * 60, 7 * 24 * 60
_SHORTEST = 30


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def backup_minutes(window: str) -> tuple[int, int]:
    """Return start and length, in minutes of the day, of a window like `03:00-04:00`."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", window):
        refuse(
            "InvalidParameterValue",
            f"Invalid backup window format: {window}. Should be specified as a range hh24:mi-hh24:mi (24H Clock UTC). "
            "Example: 23:45-00:15",
        )
    start, end = (_minute(part) for part in window.split("-"))
    length = (end - start) % _DAY
    if length < _SHORTEST:
        refuse("InvalidParameterValue", "The backup window must be at least 30 minutes.")
    return start, length


def maintenance_minutes(window: str) -> tuple[int, int]:
    """Return start and length, in minutes of the week, of a window like `sun:04:00-sun:05:00`."""
    days = "|".join(_DAYS)
    match = re.fullmatch(rf"({days}):(([01]\d|2[0-3]):[0-5]\d)-({days}):(([01]\d|2[0-3]):[0-5]\d)", window)
    if not match:
        refuse(
            "InvalidParameterValue",
            f"Invalid maintenance window format: {window}. Should be specified as a range ddd:hh24:mi-ddd:hh24:mi "
            "(24H Clock UTC). Example: Sun:23:45-Mon:00:15",
        )
    start = _DAYS.index(match[1]) * _DAY + _minute(match[2])
    end = _DAYS.index(match[4]) * _DAY + _minute(match[5])
    length = (end - start) % _WEEK
    if not _SHORTEST <= length <= _DAY:
        refuse("InvalidParameterValue", "The maintenance window must be between 30 minutes and 24 hours.")
    return start, length


def check(maintenance: str | None, backup: str | None) -> None:
    """Fail for a malformed window, or two that overlap on some day of the week."""
    second = backup_minutes(backup) if backup else None
    first = maintenance_minutes(maintenance.lower()) if maintenance else None
    if not first or not second:
        return
    for day in range(-1, 8):
        start = second[0] + day * _DAY
        for week in (-_WEEK, 0, _WEEK):
            if start < first[0] + week + first[1] and first[0] + week < start + second[1]:
                refuse("InvalidParameterValue", "The backup window and maintenance window must not overlap.")
