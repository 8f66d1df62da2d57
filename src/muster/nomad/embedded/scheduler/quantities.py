"""Amounts with units as devices tell them, such as `11 GiB`, made comparable."""

import re

_AMOUNT = re.compile(r"^\s*(-?\d{1,18}(?:\.\d{1,9})?)\s*([A-Za-z/]*)\s*$")
_UNITS = {
    "": 1,
    **{f"{prefix}{unit}": factor for unit in ("B", "Hz", "W", "B/s") for prefix, factor in (("", 1), ("k", 10**3))},
    **{f"{prefix}B": 2 ** (10 * n) for n, prefix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{f"{prefix}B/s": 2 ** (10 * n) for n, prefix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{
        f"{prefix}{unit}": 10 ** (3 * n)
        for unit in ("B", "Hz", "W", "B/s")
        for n, prefix in enumerate(("M", "G", "T", "P", "E"), start=2)
    },
    "kW": 10**3,
    "mW": 10**-3,
}


def in_base_units(text: str | None) -> float | None:
    """The amount in bytes, hertz or watts; None for text that is no amount."""
    found = _AMOUNT.match(text or "")
    if found is None or found.group(2) not in _UNITS:
        return None
    return float(found.group(1)) * _UNITS[found.group(2)]
