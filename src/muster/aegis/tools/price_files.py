"""Prices of GPUs beside those that ship with aegis: files that a user checked in, under MUSTER_HOME/aegis/prices."""

import hashlib
from pathlib import Path

from muster.aegis.domain.estimates import Offer
from muster.aegis.profilers.prices import PriceTable, parse_prices, shipped_prices
from muster.core.errors import SourceError
from muster.core.runs.store import write_atomically

MOST_BYTES = 16 * 2**20
SHOWN = 20
"""Problems that an error lists."""


def update_prices(file: Path, folder: Path) -> PriceTable:
    """Check a file of prices and keep a copy of it in the folder; the same file again changes nothing.

    Raises SourceError, with the numbers of the rows, when a row is wrong or there is none: nothing is kept then.
    """
    text = _read(file)
    table = parse_prices(text)
    if table.problems:
        more = f"\n... and {len(table.problems) - SHOWN} more" if len(table.problems) > SHOWN else ""
        raise SourceError(
            f"{file} can't be used as prices:\n" + "\n".join(table.problems[:SHOWN]) + more,
            advice="Correct these rows; a row has provider, gpu, gpu_mem_gb, usd_per_gpu_hour, tier, date and source.",
        )
    if not table.offers:
        raise SourceError(f"{file} holds no price", advice="Give a JSON list with a row for each price.")
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json", text)
    return table


def read_prices(folder: Path) -> PriceTable:
    """What ships and what the folder's files add, each offer once. A file that is broken by now is a problem."""
    shipped = shipped_prices()
    offers: dict[Offer, None] = dict.fromkeys(shipped.offers)
    problems = list(shipped.problems)
    for file in sorted(folder.glob("*.json")):
        try:
            table = parse_prices(_read(file))
        except SourceError as error:
            problems.append(error.message)
            continue
        offers |= dict.fromkeys(table.offers)
        problems += [f"{file.name}: {problem}" for problem in table.problems]
    return PriceTable(offers=tuple(offers), problems=tuple(problems))


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise SourceError(f"{file} is larger than {MOST_BYTES} bytes", advice="Give a JSON list of prices.")
        return content.decode("utf-8")
    except (OSError, ValueError) as error:
        raise SourceError(f"{file} can't be read: {error}", advice="Give a JSON list of prices, in UTF-8.") from error
