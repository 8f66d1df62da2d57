"""What tokens cost: dated prices as data. A model that is not in the table has an unknown price, never a default one.

`prices.yaml` ships; `prices.yaml` in MUSTER_HOME has the same form, and wins.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from muster.core.errors import SettingsError

_SHIPPED = Path(__file__).with_name("prices.yaml")
_PER = 1_000_000


@dataclass(frozen=True)
class Cost:
    """Dollars of one call: for what the model read, and for what it wrote."""

    input_usd: float
    output_usd: float

    @property
    def usd(self) -> float:
        """Both together."""
        return self.input_usd + self.output_usd


class Price(BaseModel):
    """What a provider asks for a million tokens of some models from one day on. `source` says who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    models: tuple[str, ...] = Field(min_length=1)
    since: date
    input_usd: float = Field(ge=0, allow_inf_nan=False)
    output_usd: float = Field(ge=0, allow_inf_nan=False)
    cached_usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """For input tokens that the provider had in its cache; None: not known."""
    up_to: int | None = Field(default=None, gt=0)
    """A longer input, in tokens, costs something else, which this table does not know."""
    source: str = Field(min_length=1)

    def cost(self, *, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> Cost | None:
        """The cost, or None where the price of a part is not known."""
        if self.up_to is not None and input_tokens > self.up_to:
            return None
        if cached_tokens and self.cached_usd is None:
            return None
        fresh = input_tokens - cached_tokens
        read = fresh * self.input_usd + cached_tokens * (self.cached_usd or 0.0)
        return Cost(read / _PER, output_tokens * self.output_usd / _PER)


_PRICES: TypeAdapter[tuple[Price, ...]] = TypeAdapter(tuple[Price, ...])


@dataclass(frozen=True)
class PriceTable:
    """All prices that are known; the first tables given win over the later ones."""

    tables: tuple[tuple[Price, ...], ...]

    def price(self, provider: str, model: str, day: date) -> Price | None:
        """The newest price of exactly this model on that day, or None."""
        for table in self.tables:
            if known := [one for one in table if _is_for(one, provider, model) and one.since <= day]:
                return max(known, key=lambda one: one.since)
        return None


def load_prices(home: Path | None = None) -> PriceTable:
    """The shipped table, below the one in `home`. Raises SettingsError for a file that can't be understood."""
    own = home / "prices.yaml" if home else None
    tables = (_read(own), _shipped()) if own and own.exists() else (_shipped(),)
    return PriceTable(tables)


def _is_for(price: Price, provider: str, model: str) -> bool:
    return price.provider == provider and model in price.models


@cache
def _shipped() -> tuple[Price, ...]:
    return _read(_SHIPPED)


def _read(path: Path) -> tuple[Price, ...]:
    try:
        return _PRICES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"the prices in {path} can't be read: {error}", advice=_ADVICE) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SettingsError(f"the prices in {path} are wrong: {where}: {first['msg']}", advice=_ADVICE) from error


_ADVICE = "docs/models.md says how a price is written."
