"""When a persona may post: its slots and its quiet hours, in its own time zone. Pure; answers are in UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from muster.threads.common.personas import QuietHours, Schedule

FARTHEST = timedelta(days=366)
"""Nothing is planned for later."""


def after_quiet_hours(schedule: Schedule, at: datetime) -> datetime:
    """The time itself, or the end of the quiet hours that it falls into."""
    quiet = schedule.quiet_hours
    if quiet is None or not _is_quiet(quiet, at.astimezone(ZoneInfo(schedule.timezone)).time()):
        return at
    return next(end for end in _daily(schedule, (quiet.end,), at) if end > at)


def slots_after(schedule: Schedule, at: datetime) -> Iterator[datetime]:
    """The slots of the next year, in order, without those in quiet hours. None where the persona has no slots."""
    for slot in _daily(schedule, schedule.slots, at):
        if slot > at and after_quiet_hours(schedule, slot) == slot:
            yield slot


def _daily(schedule: Schedule, times: tuple[time, ...], at: datetime) -> Iterator[datetime]:
    """These times of every day from that of `at` on. One that a change of clocks leaves out comes an hour later."""
    zone = ZoneInfo(schedule.timezone)
    today = at.astimezone(zone).date()
    for day in (today + timedelta(days=number) for number in range(FARTHEST.days)):
        yield from sorted({datetime.combine(day, one, tzinfo=zone).astimezone(UTC) for one in times})


def _is_quiet(quiet: QuietHours, now: time) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= now < quiet.end
    return now >= quiet.start or now < quiet.end
