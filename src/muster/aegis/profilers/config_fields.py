"""Reads sizes and flags out of a config.json that nobody vouches for: what is missing or wrong is remembered."""

from collections.abc import Mapping, Sequence
from typing import cast

HIGHEST = 100_000_000
"""No single size of a model is larger."""


class ConfigFields:
    """Typed look-ups with placeholders, so that one reading finds every problem."""

    def __init__(self, config: Mapping[str, object], defaults: Mapping[str, int | bool]) -> None:
        self._config = config
        self._defaults = defaults
        self.missing: list[str] = []
        self.wrong: list[str] = []

    def _value(self, names: tuple[str, ...]) -> object:
        for values in (self._config, self._defaults):
            for name in names:
                if values.get(name) is not None:
                    return values[name]
        return None

    def size(self, *names: str, default: int | None = None, low: int = 1) -> int:
        """A whole number from `low` on, under the first of these names that there is; 1 stands in for a problem."""
        value = self._value(names)
        if value is None and default is None:
            self.missing.append("|".join(names))
            return 1
        if value is None:
            return default or 0
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= HIGHEST:
            self.wrong.append(f"{names[0]} is {_shown(value)}, not a whole number from {low} to {HIGHEST}")
            return 1
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean."""
        value = self._value((name,))
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong.append(f"{name} is {_shown(value)}, not true or false")
            return default
        return value

    def layers_listed(self, name: str, layers: int) -> int:
        """How many of the layers a list of indices names."""
        value = self._value((name,))
        if not isinstance(value, list | tuple):
            return 0
        indices = cast(Sequence[object], value)
        return len({index for index in indices if isinstance(index, int) and 0 <= index < layers})


def _shown(value: object) -> str:
    """Short, whatever it is: a number of 5,000 digits can't be printed, a list of lists need not."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**12:
        return "a far too large number"
    return repr(value)[:40] if isinstance(value, str | int | float) else f"a {type(value).__name__}"
