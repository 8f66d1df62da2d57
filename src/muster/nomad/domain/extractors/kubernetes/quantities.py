"""Amounts as Kubernetes writes them: `250m` of a CPU, `128Mi` and `1G` of memory."""

import math
import re

from muster.nomad.domain.extractors.compose_resources import MHZ_PER_CPU

_QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,9})?|\.\d{1,9})(m|k|[KMGTPE]i?|e\d{1,2}|E\d{1,2})?")
_FACTORS = {
    "": 1.0,
    "m": 1e-3,
    "k": 1e3,
    **{letter: 1000.0 ** (power + 1) for power, letter in enumerate("KMGTPE")},
    **{f"{letter}i": 1024.0 ** (power + 1) for power, letter in enumerate("KMGTPE")},
}
_LARGEST = 10**9


def cpu_mhz(text: str) -> int | None:
    """MHz, by the same rule as compose's CPUs; None for what is no amount."""
    amount = _amount(text)
    return _whole(amount * MHZ_PER_CPU) if amount else None


def memory_mb(text: str) -> int | None:
    """MiB, which Nomad calls MB, rounded up; None for what is no amount."""
    amount = _amount(text)
    return _whole(amount / 2**20) if amount else None


def _amount(text: str) -> float | None:
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        return None
    unit = found[2] or ""
    factor = _FACTORS[unit] if unit in _FACTORS else 10.0 ** int(unit[1:])
    return float(found[1]) * factor or None


def _whole(amount: float) -> int | None:
    return math.ceil(round(amount, 6)) if amount < _LARGEST else None
