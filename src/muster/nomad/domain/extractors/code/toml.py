"""TOML files as tables, whatever is in them."""

import tomllib
from collections.abc import Mapping
from typing import cast

from muster.nomad.domain.extractors.code.text import LONGEST_LINE

Table = Mapping[str, object]


def toml_table(text: str) -> Table | str:
    """The table in a TOML text, or what is wrong with it, as a clause.

    A line over 5,000 characters is refused: a key of as many parts would be read in quadratic time.
    """
    if any(len(line) > LONGEST_LINE for line in text.split("\n")):
        return f"it has a line of more than {LONGEST_LINE} characters"
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        return str(error)[:200]


def inner_table(table: Table, key: str) -> Table:
    """The table below a key; empty where there is none."""
    value = table.get(key)
    return cast(Table, value) if isinstance(value, dict) else {}
