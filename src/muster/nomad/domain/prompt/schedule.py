"""Reads a schedule from the user's words, as a cron line of five fields."""

import re

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_CRON_FIELD = r"[\d*/,-]+"
_AT = (
    r"(?:\s+at\s+(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>am|pm)?(?:\s*o'clock)?"
    r"|\s+at\s+(?P<named>midnight|noon))?"
)
_TIMES = rf"(?P<day>night|day|morning|evening|weekday|{'|'.join(_DAYS)})"

SCHEDULE = (
    rf"\bcron\s*:?\s*[\"'`]?(?P<cron>{_CRON_FIELD}(?:\s+{_CRON_FIELD}){{4}})[\"'`]?"
    rf"|[\"'`](?P<quoted>{_CRON_FIELD}(?:\s+{_CRON_FIELD}){{4}})[\"'`]"
    rf"|\bevery\s+{_TIMES}{_AT}"
    r"|\bevery\s+(?:(?P<step>\d{1,2})\s+)?(?P<unit>minutes?|hours?)\b"
    r"|\b(?P<word>hourly|daily|nightly|weekly|monthly)\b"
)

_WORDS = {
    "hourly": "0 * * * *",
    "daily": "0 0 * * *",
    "nightly": "0 0 * * *",
    "weekly": "0 0 * * 0",
    "monthly": "0 0 1 * *",
}
_HOURS = {"morning": 8, "evening": 20, "midnight": 0, "noon": 12}


def read_cron(found: re.Match[str]) -> str | None:
    """The cron line of a match of SCHEDULE; None where the time makes no sense."""
    parts = found.groupdict()
    if written := parts["cron"] or parts["quoted"]:
        return " ".join(written.split())
    if parts["word"]:
        return _WORDS[parts["word"].lower()]
    return _every(parts["unit"], int(parts["step"] or 1)) if parts["unit"] else _on_day(parts)


def _every(unit: str, step: int) -> str | None:
    if unit.lower().startswith("minute"):
        return f"*/{step} * * * *" if 1 < step < 60 else "* * * * *" if step == 1 else None
    return f"0 */{step} * * *" if 1 < step < 24 else "0 * * * *" if step == 1 else None


def _on_day(parts: dict[str, str | None]) -> str | None:
    day = (parts["day"] or "").lower()
    hour, minute = _hour(parts, day), int(parts["minute"] or 0)
    if hour is None or minute > 59:
        return None
    weekday = "1-5" if day == "weekday" else str(_DAYS.index(day)) if day in _DAYS else "*"
    return f"{minute} {hour} * * {weekday}"


def _hour(parts: dict[str, str | None], day: str) -> int | None:
    if parts["hour"] is None:
        return _HOURS.get((parts["named"] or day).lower(), 0)
    hour, half = int(parts["hour"]), (parts["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    return hour if hour < 24 else None
