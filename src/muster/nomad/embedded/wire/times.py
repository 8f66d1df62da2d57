"""Times as the API writes them: RFC 3339 with nanoseconds, trailing zeros dropped."""

from datetime import UTC, datetime

from muster.nomad.embedded.state.values import SECOND


def timestamp(ns: int | None) -> str | None:
    """`2026-11-21T01:56:34.372183293Z`, or None."""
    if ns is None:
        return None
    seconds, rest = divmod(ns, SECOND)
    whole = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{whole}{fraction}Z"
