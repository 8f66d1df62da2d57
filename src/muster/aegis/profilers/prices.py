"""Observed prices: rows with provider, GPU, dollars, tier, date and source, to offers. They conflict; all are kept."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import cast

from muster.aegis.domain.estimates import Offer
from muster.aegis.domain.values import Part
from muster.aegis.profilers.gpus import recognise_gpu

STALE_DAYS = 90
MOST_USD = 1000.0
"""Of one GPU for an hour: more is a price of something else, or a misplaced point."""
LONGEST = 300
MOST_ROWS = 100_000

_TEXTS = {"provider": True, "gpu": True, "tier": True, "date": True, "source": True, "region": False, "note": False}
"""Keys of a row that are texts, and whether there must be one."""
_NUMBERS = {"gpu_mem_gb": 2048.0, "usd_per_gpu_hour": MOST_USD}


LOCAL = "local"
"""The provider of one's own machine."""


class PriceTable(Part):
    """Offers of the rows that are right; `problems` of the others, each with its row's number from 1."""

    offers: tuple[Offer, ...]
    problems: tuple[str, ...] = ()


def shipped_prices() -> PriceTable:
    """The observations that ship with aegis."""
    return parse_prices(files("muster.aegis.profilers").joinpath("data/gpu_prices.json").read_text("utf-8"))


def local_offer(memory_gib: float, usd_per_hour: float = 0.0) -> Offer:
    """One's own CPU: free unless a setting says what an hour of it costs."""
    return Offer(
        gpu="cpu", provider=LOCAL, tier="own", memory_gib=memory_gib, usd_per_hour=usd_per_hour, date="",
        source="this machine",
    )  # fmt: skip


def cluster_offer(memory_gib: float, usd_per_hour: float = 0.0) -> Offer:
    """A machine of one's own cluster, by what a setting says that an hour of it, or of one of its GPUs, costs."""
    told = {"memory_gib": memory_gib, "source": "this cluster"}
    return local_offer(memory_gib, usd_per_hour).model_copy(update=told)


def parse_prices(text: str) -> PriceTable:
    """A JSON list of rows. Nothing in it makes this raise; a file that is no such list is one problem."""
    try:
        rows: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        return PriceTable(offers=(), problems=(f"not JSON: {error}"[:LONGEST],))
    if not isinstance(rows, list):
        return PriceTable(offers=(), problems=("not a list of rows",))
    listed = cast(Sequence[object], rows)
    if len(listed) > MOST_ROWS:
        return PriceTable(offers=(), problems=(f"{len(listed)} rows, and {MOST_ROWS} is the most",))
    read = [_offer(number, row) for number, row in enumerate(listed, 1)]
    return PriceTable(
        offers=tuple(offer for offer in read if isinstance(offer, Offer)),
        problems=tuple(problem for problem in read if isinstance(problem, str)),
    )


def _offer(number: int, row: object) -> Offer | str:
    if not isinstance(row, Mapping):
        return f"row {number}: not an object"
    given = cast(Mapping[str, object], row)
    problems = [*_text_problems(given), *_number_problems(given)]
    problems += [f"{key[:40]!r} is no key of a price" for key in given if key not in _TEXTS and key not in _NUMBERS]
    memory_gb = 0.0 if problems else float(cast(float, given["gpu_mem_gb"]))
    gpu = None if problems else recognise_gpu(f"{given['gpu']} {memory_gb:g}GB")
    if not problems and gpu is None:
        problems.append(f"gpu {given['gpu']!r} is none of those whose speed is known")
    if problems or gpu is None:
        return f"row {number}: {'; '.join(problems)}"
    texts = {key: str(given.get(key) or "") for key in _TEXTS}
    return Offer(
        gpu=gpu.name, provider=texts["provider"], tier=texts["tier"], memory_gib=min(gpu.memory_gib, memory_gb),
        usd_per_hour=float(cast(float, given["usd_per_gpu_hour"])), date=texts["date"], source=texts["source"],
        region=texts["region"], caveat=texts["note"],
    )  # fmt: skip


def _text_problems(row: Mapping[str, object]) -> list[str]:
    problems: list[str] = []
    for key, needed in _TEXTS.items():
        value = row.get(key)
        if value is None and not needed:
            continue
        if not isinstance(value, str) or (needed and not value.strip()):
            problems.append(f"{key} is missing" if value is None else f"{key} is no text")
        elif len(value) > LONGEST:
            problems.append(f"{key} has {len(value)} characters, and {LONGEST} is the most")
    return problems


def _number_problems(row: Mapping[str, object]) -> list[str]:
    problems: list[str] = []
    for key, most in _NUMBERS.items():
        value = row.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            problems.append(f"{key} is missing" if value is None else f"{key} is no number")
        elif not 0 < value <= most:
            problems.append(f"{key} is not above 0 and at most {most:g}")
    return problems


def staleness(offer: Offer, today: date) -> str:
    """A warning for a price that has no date, an impossible one, or may be more than 90 days old; else empty."""
    if offer.provider == LOCAL:
        return ""
    told = _earliest(offer.date)
    if told is None:
        return "the price has no date"
    days = (today - told).days
    if days < -1:
        return f"the price is of {offer.date}, which is to come"
    return f"the price is of {offer.date}: up to {days} days old" if days > STALE_DAYS else ""


def _earliest(told: str) -> date | None:
    """The first day that a date may mean: `2026-02` is 1 February, `2026-Q2` 1 April."""
    found = re.match(r"(20\d\d)(?:-Q([1-4])|-(\d\d)(?:-(\d\d))?)?(?!\d)", told)
    if found is None:
        return None
    month = int(found[2]) * 3 - 2 if found[2] else int(found[3] or 1)
    try:
        return date(int(found[1]), month, int(found[4] or 1))
    except ValueError:
        return None
