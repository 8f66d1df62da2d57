"""When a cron line is due next: five to seven fields as Nomad reads them, in a time zone.

Fields: second (with seven), minute, hour, day of month, month, day of week, year. Lists, ranges, steps, names, and
`L`, `LW`, `15W`, `5L`, `3#2` for days. Where both days are restricted either will do.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000_000
LAST_YEAR = 2099
ALIASES = {
    "@yearly": "0 0 0 1 1 * *",
    "@annually": "0 0 0 1 1 * *",
    "@monthly": "0 0 0 1 * * *",
    "@weekly": "0 0 0 * * 0 *",
    "@daily": "0 0 0 * * * *",
    "@hourly": "0 0 * * * * *",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = {name: number for number, name in enumerate(_MONTHS, start=1)}
DAYS = {name: number for number, name in enumerate(_DAYS)}
_SPECIAL_DAY = re.compile(r"^(?:l|lw|\d{1,2}w)$")
_SPECIAL_WEEKDAY = re.compile(r"^(\w+?)(?:l|#([1-5]))$")


class CronError(ValueError):
    """The line makes no sense."""


@dataclass(frozen=True)
class Cron:
    """A cron line, read; `None` days are unrestricted."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[str, ...] | None
    months: frozenset[int]
    weekdays: tuple[str, ...] | None
    years: frozenset[int]


@lru_cache(maxsize=256)
def read_cron(line: str) -> Cron:
    """The fields of a line. Raises CronError when they make no sense."""
    for alias, meaning in ALIASES.items():
        line = line.replace(alias, meaning)
    fields = line.lower().split()[:7]
    if len(fields) < 5:
        raise CronError("missing field(s)")
    seconds = fields.pop(0) if len(fields) == 7 else "0"
    year = fields[5] if len(fields) > 5 else "*"
    return Cron(
        seconds=tuple(sorted(_numbers(seconds, 0, 59))),
        minutes=tuple(sorted(_numbers(fields[0], 0, 59))),
        hours=tuple(sorted(_numbers(fields[1], 0, 23))),
        days=_entries(fields[2]),
        months=frozenset(_numbers(fields[3], 1, 12, MONTHS)),
        weekdays=_entries(fields[4]),
        years=frozenset(_numbers(year, 1970, LAST_YEAR)),
    )


def next_ns(line: str, zone: str, after_ns: int) -> int | None:
    """The first time after an instant, in nanoseconds since the epoch; None when there is none."""
    try:
        return _first(read_cron(line), _zone(zone), after_ns)
    except CronError:
        return None


def _first(cron: Cron, zone: tzinfo, after_ns: int) -> int | None:
    local = datetime.fromtimestamp(after_ns // SECOND, zone)
    floor = local.replace(microsecond=0, tzinfo=None)
    for day in _days(cron, floor.date()):
        for moment in _moments(cron, day, floor):
            at_ns = int(moment.replace(tzinfo=local.tzinfo).timestamp()) * SECOND
            if at_ns > after_ns:
                return at_ns
    return None


def _days(cron: Cron, first: date) -> Iterator[date]:
    day = first
    while day.year <= LAST_YEAR:
        if day.year not in cron.years or day.month not in cron.months:
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            continue
        if _falls_on(cron, day):
            yield day
        day += timedelta(days=1)


def _moments(cron: Cron, day: date, floor: datetime) -> Iterator[datetime]:
    """The times of a day from `floor` on, in order."""
    for hour in cron.hours:
        if (day, hour) < (floor.date(), floor.hour):
            continue
        for minute in cron.minutes:
            for second in cron.seconds:
                moment = datetime.combine(day, time(hour, minute, second))
                if moment >= floor:
                    yield moment


def _falls_on(cron: Cron, day: date) -> bool:
    if cron.days is None and cron.weekdays is None:
        return True
    by_day = cron.days is not None and any(_is_day(entry, day) for entry in cron.days)
    return by_day or (cron.weekdays is not None and any(_is_weekday(entry, day) for entry in cron.weekdays))


def _is_day(entry: str, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    if entry == "l":
        return day.day == last
    if _SPECIAL_DAY.match(entry):
        wanted = last if entry == "lw" else min(int(entry[:-1]), last)
        return day == _nearest_weekday(day.replace(day=wanted))
    return day.day in _numbers(entry, 1, 31)


def _nearest_weekday(day: date) -> date:
    """The working day closest to a day, in the same month."""
    shift = {5: -1, 6: 1}.get(day.weekday(), 0)
    nearest = day + timedelta(days=shift)
    return nearest if nearest.month == day.month else day - timedelta(days=2 * shift)


def _is_weekday(entry: str, day: date) -> bool:
    number = day.isoweekday() % 7
    special = _SPECIAL_WEEKDAY.match(entry)
    if special is None or special.group(1) not in {*DAYS, *map(str, range(8))}:
        return number in {n % 7 for n in _numbers(entry, 0, 7, DAYS)}
    wanted = DAYS.get(special.group(1), int(special.group(1)) % 7 if special.group(1).isdigit() else -1)
    nth = special.group(2)
    right_week = (day.day - 1) // 7 + 1 == int(nth) if nth else day.day > monthrange(day.year, day.month)[1] - 7
    return number == wanted and right_week


def _entries(field: str) -> tuple[str, ...] | None:
    return None if field in ("*", "?") else tuple(entry for entry in field.split(",") if entry)


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> set[int]:
    found: set[int] = set()
    for entry in filter(None, field.split(",")):
        span, _, step = entry.partition("/")
        first, last = _span(span, low, high, names or {}, stepped=bool(step))
        found |= set(range(first, last + 1, _positive(step)))
    if not found:
        raise CronError(f"nothing fits {field!r}")
    return {number for number in found if low <= number <= high}


def _span(span: str, low: int, high: int, names: dict[str, int], *, stepped: bool) -> tuple[int, int]:
    if span in ("*", "?"):
        return low, high
    start, dash, end = span.partition("-")
    first = _number(start, names)
    if dash:
        return first, min(_number(end, names), high)
    return first, high if stepped else min(first, high)


def _number(text: str, names: dict[str, int]) -> int:
    if text[:3] in names:
        return names[text[:3]]
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise CronError(f"{text!r} is no number")
    return int(text)


def _positive(step: str) -> int:
    return max(1, _number(step, {})) if step else 1


def _zone(name: str) -> tzinfo:
    if name in ("", "UTC", "Local"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
