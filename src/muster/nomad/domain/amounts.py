"""The largest amounts that are taken from people: more is a slip of the keyboard or of the unit."""

MOST_CPU_MHZ = 999_999
MOST_MEMORY_MB = 9_999_999
MOST_INSTANCES = 1000
MOST_PORT = 65_535

SIZE = rf"[1-9]\d{{0,{len(str(MOST_CPU_MHZ)) - 1}}}\s*/\s*[1-9]\d{{1,{len(str(MOST_MEMORY_MB)) - 1}}}"
"""MHz/MB such as 700/900; both bounds are all nines, so that a pattern can hold them."""

_LIMITS = {
    "cpu_mhz": (MOST_CPU_MHZ, f"no node has more than {MOST_CPU_MHZ} MHz"),
    "memory_mb": (MOST_MEMORY_MB, f"no node has more than {MOST_MEMORY_MB} MB"),
    "count": (MOST_INSTANCES, f"at most {MOST_INSTANCES} instances are started"),
    "port": (MOST_PORT, f"ports end at {MOST_PORT}"),
    "static_port": (MOST_PORT, f"ports end at {MOST_PORT}"),
}


def too_much(field: str, amount: object) -> str | None:
    """Why nobody can have so much; None where it can be had, and for what is no amount."""
    if field not in _LIMITS or not isinstance(amount, int):
        return None
    most, why = _LIMITS[field]
    return why if amount > most else None
