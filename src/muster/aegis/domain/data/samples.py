"""Shows of a row what is learnt and what is context."""

from collections.abc import Iterator

from muster.aegis.domain.data.masking import Masked
from muster.aegis.domain.data.report import MaskedSample, Piece

_PIECE = 600
"""Characters of a piece that are shown: its beginning and its end."""
_PIECES = 40


def masked_sample(masked: Masked, line: int, seq_len: int) -> MaskedSample:
    """The row, cut as the training cuts it."""
    pieces = [Piece(text=_shortened(text), trained=trained) for text, trained in _stretches(masked, seq_len) if text]
    return MaskedSample(
        line=line,
        tokens=len(masked.trained[:seq_len]),
        trained=masked.learnt_within(seq_len),
        pieces=tuple(pieces[:_PIECES]),
    )


def _stretches(masked: Masked, seq_len: int) -> Iterator[tuple[str, bool]]:
    """Neighbouring tokens of one kind as text. Characters between two tokens go to the later one."""
    start = end = 0
    trained = False
    for (first, last), learnt in list(zip(masked.encoded.offsets, masked.trained, strict=True))[:seq_len]:
        if first == last:
            continue
        if learnt != trained:
            yield masked.text[start:end], trained
            start, trained = end, learnt
        end = last
    yield masked.text[start:end], trained


def _shortened(text: str) -> str:
    half = _PIECE // 2
    return text if len(text) <= _PIECE else f"{text[:half]} [...] {text[-half:]}"
