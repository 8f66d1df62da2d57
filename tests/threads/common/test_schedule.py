from datetime import UTC, datetime, time, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from muster.threads.common.personas import QuietHours, Schedule
from muster.threads.common.schedule import after_quiet_hours, slots_after

NIGHT = QuietHours(start=time(23), end=time(7))
TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0))
SCHEDULES = st.builds(
    Schedule,
    timezone=st.sampled_from(["UTC", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe"]),
    slots=st.lists(TIMES, max_size=5, unique=True).map(tuple),
    quiet_hours=st.none() | st.builds(QuietHours, start=TIMES, end=TIMES),
)
MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_quiet_hours_go_over_midnight() -> None:
    schedule = Schedule(quiet_hours=NIGHT)
    assert after_quiet_hours(schedule, at("2026-11-21T23:30")) == at("2026-11-22T07:00")
    assert after_quiet_hours(schedule, at("2026-11-22T03:00")) == at("2026-11-22T07:00")
    assert after_quiet_hours(schedule, at("2026-11-22T07:00")) == at("2026-11-22T07:00")


def test_quiet_hours_are_in_the_personas_own_zone() -> None:
    schedule = Schedule(timezone="America/Los_Angeles", quiet_hours=NIGHT)
    assert after_quiet_hours(schedule, at("2026-11-21T12:00")) == at("2026-11-21T15:00")


def test_slots_come_in_order_whatever_the_file_says() -> None:
    schedule = Schedule(slots=(time(18), time(9)))
    assert list(islice(slots_after(schedule, at("2026-11-21T09:00")), 3)) == [
        at("2026-11-21T18:00"), at("2026-11-22T09:00"), at("2026-11-22T18:00"),
    ]  # fmt: skip


def test_a_slot_in_quiet_hours_is_left_out() -> None:
    schedule = Schedule(slots=(time(2), time(9)), quiet_hours=NIGHT)
    assert next(slots_after(schedule, at("2026-11-21T10:00"))) == at("2026-11-22T09:00")


def test_slots_keep_their_order_where_the_clocks_change() -> None:
    schedule = Schedule(timezone="America/Los_Angeles", slots=(time(2, 30), time(3)))  # 2027-03-14 has no 02:30
    assert list(islice(slots_after(schedule, at("2027-03-14T08:00")), 2)) == [
        at("2027-03-14T10:00"), at("2027-03-14T10:30"),
    ]  # fmt: skip


def test_a_persona_without_slots_has_none() -> None:
    assert list(slots_after(Schedule(), at("2026-11-21T10:00"))) == []


@given(SCHEDULES, MOMENTS)
def test_after_the_quiet_hours_it_is_not_quiet(schedule: Schedule, moment: datetime) -> None:
    after = after_quiet_hours(schedule, moment)
    assert moment <= after <= moment + timedelta(hours=25)
    assert after_quiet_hours(schedule, after) == after


@given(SCHEDULES, MOMENTS)
def test_slots_rise_and_lie_ahead(schedule: Schedule, moment: datetime) -> None:
    slots = list(islice(slots_after(schedule, moment), 12))
    assert slots == sorted(slots)
    assert all(slot > moment for slot in slots)
