"""Reads the headers of safetensors files, and samples their numbers for NaN, without torch.

The format: 8 bytes little-endian length, that many bytes of JSON, then the tensors' bytes (huggingface/safetensors,
README, "Format")."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import JsonValue

from muster.aegis.domain.preflight.model_facts import TensorShape, Trouble

_LONGEST_HEADER = 100_000_000
"""The format's own limit."""
_WHOLE = 512 * 1024 * 1024
"""Bytes of weights that are searched whole; of more, each tensor's beginning and end."""
_EDGE = 64 * 1024
# dtype: bytes of a number, and the bits that are all set in NaN and infinity alone (IEEE 754; bfloat16 likewise).
_EXPONENT = {"F16": (2, 0x7C00), "BF16": (2, 0x7F80), "F32": (4, 0x7F800000), "F64": (8, 0x7FF0000000000000)}


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies in its file."""

    shape: TensorShape
    start: int
    end: int


@dataclass(frozen=True)
class Weights:
    """A file that is whole, or `trouble`."""

    path: Path
    tensors: Mapping[str, Tensor] = field(default_factory=dict[str, Tensor])
    trouble: Trouble | None = None
    size: int = 0


def read_header(path: Path) -> Weights:
    """The tensors of a file, or why it can't be used: cut off, no header, other sizes than it says."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            tensors = _tensors(file, size)
    except (OSError, ValueError, RecursionError) as problem:
        return Weights(path, trouble=Trouble(file=path.name, why=str(problem)[:200]))
    return Weights(path, tensors, size=size)


def search_whole(files: list[Weights]) -> bool:
    """Whether the files are small enough for every number to be looked at."""
    return sum(file.size for file in files) <= _WHOLE


def not_finite(file: Weights, *, whole: bool) -> Iterator[str]:
    """Names of tensors with NaN or infinity in them."""
    with file.path.open("rb") as stream:
        for name, tensor in file.tensors.items():
            if tensor.shape.dtype in _EXPONENT and _has_not_finite(stream, tensor, whole):
                yield name


def _tensors(file: BinaryIO, size: int) -> dict[str, Tensor]:
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > min(_LONGEST_HEADER, size - 8):
        raise ValueError(f"is cut off or no safetensors file: {size} bytes, and its header alone claims {length}")
    header: JsonValue = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("has a header that is no table")
    begin = 8 + length
    tensors = {name: _tensor(told, begin) for name, told in header.items() if name != "__metadata__"}
    needs = max((tensor.end for tensor in tensors.values()), default=begin)
    if needs != size:
        raise ValueError(f"has {size} bytes where its header tells of {needs}")
    return tensors


def _tensor(told: Any, begin: int) -> Tensor:
    try:
        shape = TensorShape(shape=tuple(told["shape"]), dtype=told["dtype"])
        start, end = (int(offset) + begin for offset in told["data_offsets"])
    except (KeyError, TypeError, IndexError) as problem:
        raise ValueError("has a header that describes a tensor wrongly") from problem
    if not begin <= start <= end:
        raise ValueError("has a header whose offsets make no sense")
    return Tensor(shape, start, end)


def _has_not_finite(file: BinaryIO, tensor: Tensor, whole: bool) -> bool:
    length = tensor.end - tensor.start
    spans = [(tensor.start, length)] if whole or length <= 2 * _EDGE else _edges(tensor)
    return any(_holds(file, start, count, tensor.shape.dtype) for start, count in spans)


def _edges(tensor: Tensor) -> list[tuple[int, int]]:
    return [(tensor.start, _EDGE), (tensor.end - _EDGE, _EDGE)]


def _holds(file: BinaryIO, start: int, count: int, dtype: str) -> bool:
    import numpy as np

    width, exponent = _EXPONENT[dtype]
    file.seek(start)
    numbers = np.frombuffer(file.read(count // width * width), dtype=f"<u{width}")
    return bool(((numbers & exponent) == exponent).any())
