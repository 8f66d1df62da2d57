"""Rows of Parquet, through pyarrow where it is installed: it is no dependency of ours."""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from muster.aegis.domain.data.records import BREAKS_OFF, Entry, Record, Unreadable, checked

_BATCH = 1000


def parquet_rows(path: Path) -> Iterator[Entry]:
    """The rows of all row groups, a batch in memory at a time."""
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    number = 0
    try:
        for batch in parquet.ParquetFile(path).iter_batches(batch_size=_BATCH):
            for value in batch.to_pylist():
                number += 1
                yield _entry(value, number)
    except (arrow.ArrowException, OSError) as problem:
        yield Unreadable(number + 1, "dataset_row", BREAKS_OFF, str(problem)[:80])


def _entry(value: Any, number: int) -> Entry:
    """A value that JSON can't hold (bytes, a date) is null: it may stand in a column that nobody reads."""
    return checked(Record(number, json.loads(json.dumps(value, default=_nothing))))


def _nothing(_: Any) -> None:
    return None
