"""Recurrence rules as Tower takes them: iCalendar's, less what it refuses, with its texts."""
# ruff: noqa: SLF001  dateutil keeps the rules of a set to itself, and Tower looks at them

import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from dateutil import rrule as ical
from dateutil import tz

DATE = "%Y-%m-%dT%H:%M:%SZ"
UNITS = {ical.HOURLY: timedelta(hours=1), ical.MINUTELY: timedelta(minutes=1)}
RECENT = timedelta(days=7)


def faults(text: str) -> list[str]:
    """What Tower refuses in a rule, in its words."""
    starts = re.findall(r"DTSTART(?:;[^:]+)?:\d+T\d+Z?", text)
    found = []
    if not starts:
        found.append("Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
    if re.search(r"DTSTART:\d+T\d+ ", text):
        found.append("DTSTART cannot be a naive datetime.  Specify ;TZINFO= or YYYYMMDDTHHMMSSZZ.")
    if len(starts) > 1:
        found.append("Multiple DTSTART is not supported.")
    if "rrule:" not in text.lower():
        found.append("One or more rule required in rrule.")
    for name in ("EXDATE", "RDATE"):
        if f"{name.lower()}:" in text.lower():
            return [f"{name} not allowed in rrule."]
    for rule in re.findall(r"RULE:\S*", text):
        found += [f"{wrong}: {rule}" for wrong in _rule_faults(rule)]
    try:
        Times(text)
    except Exception as error:  # noqa: BLE001  the parser raises whatever it stumbles over, and Tower tells it
        found.append(f"rrule parsing failed validation: {error}")
    return found


def _rule_faults(rule: str) -> list[str]:
    found = []
    if "interval" not in rule.lower():
        found.append("INTERVAL required in rrule")
    elif "secondly" in rule.lower():
        found.append("SECONDLY is not supported")
    if re.search(r"BYDAY[:=]\d+[a-zA-Z]{2}", rule):
        found.append("BYDAY with numeric prefix not supported")
    if "COUNT" in rule and "UNTIL" in rule:
        found.append("RRULE may not contain both COUNT and UNTIL")
    count = re.search(r"COUNT=(\d+)", rule)
    if count and int(count[1]) > 999:
        found.append("COUNT > 999 is unsupported")
    return found


class Times:
    """The dates that a rule makes. Raises what dateutil raises for a text it cannot read."""

    def __init__(self, text: str) -> None:
        self._set = ical.rrulestr(_with_utc_end(text), forceset=True, tzinfos={"UTC": tz.UTC, "Z": tz.UTC})
        if any(rule._dtstart.tzinfo is None for rule in self._set._rrule + self._set._exrule):
            raise ValueError("A valid TZID must be provided (e.g., America/New_York)")
        if any(rule._interval < 1 for rule in self._set._rrule + self._set._exrule):
            raise ValueError("INTERVAL must be 1 or more")  # counting with 0 would never end
        self._set._rrule = [_hurried(rule) for rule in self._set._rrule]
        zone = re.search(r"TZID=([^:;\s]+)", text)
        self.timezone = zone[1] if zone else "UTC"
        ends = [rule._until.astimezone(rule._dtstart.tzinfo) for rule in self._set._rrule if rule._until]
        self.until: str = ends[0].replace(tzinfo=None).isoformat() if ends else ""

    def after(self, moment: datetime, count: int = 1) -> list[datetime]:
        """The next dates, in the rule's zone. Hours that a change of clocks leaves out are passed over."""
        found = (one for one in self._set.xafter(moment, count=2 * count) if tz.datetime_exists(one))
        return list(islice(found, count))

    @property
    def first(self) -> datetime | None:
        """The first date of all."""
        return next(iter(self._set), None)

    @property
    def last(self) -> datetime | None:
        """The last date; None when the rule goes on for ever, or makes no date."""
        if not all(rule._until or rule._count for rule in self._set._rrule):
            return None
        last = None
        for last in self._set:  # noqa: B007  only the last one counts
            pass
        return last


def shown(moment: datetime | None) -> str | None:
    """A moment as schedules show it."""
    return moment.astimezone(UTC).strftime(DATE) if moment else None


def _hurried(rule: Any) -> Any:
    """A rule by the minute or the hour, begun a week ago at the earliest: counting from years ago takes minutes."""
    unit = UNITS.get(rule._freq)
    early = datetime.now(UTC) - RECENT
    if unit is None or rule._count or rule._dtstart >= early:
        return rule
    step = unit * rule._interval
    return rule.replace(dtstart=rule._dtstart + (early - rule._dtstart) // step * step)


def _with_utc_end(text: str) -> str:
    """An UNTIL without a zone is taken as local to DTSTART; iCalendar itself wants it in UTC."""
    ends = re.search(r"UNTIL=(\d+T\d+)(?!\d*Z)", text)
    if not ends:
        return text
    start = ical.rrulestr(text.replace(ends[1], f"{ends[1]}Z"), forceset=True)._rrule[0]._dtstart
    local = datetime.strptime(ends[1], "%Y%m%dT%H%M%S").replace(tzinfo=start.tzinfo)
    return text.replace(ends[0], f"UNTIL={local.astimezone(UTC):%Y%m%dT%H%M%SZ}")
