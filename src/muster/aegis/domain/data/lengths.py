"""How long rows are, in tokens: counted, so that memory stays the same for any number of rows."""

from collections import Counter

from muster.aegis.domain.data.masking import Masked
from muster.aegis.domain.values import Part


class Lengths(Part):
    """Tokens a sequence, over the `measured` rows. `cut` are longer than `seq_len`, `masked` learn nothing after it."""

    measured: int
    p50: int
    p95: int
    max: int
    mean: float
    seq_len: int
    cut: int
    masked: int
    trained_share: float
    """Of the tokens that are left after cutting: those that are learnt."""


class LengthCount:
    """Counts sequences; a preference's two are one, by the longer."""

    def __init__(self, seq_len: int) -> None:
        self._seq_len = seq_len
        self._lengths: Counter[int] = Counter()
        self._masked = self._learnt = self._left = 0

    def add(self, sequences: tuple[Masked, ...]) -> None:
        """One row's sequences."""
        learnt = [one.learnt_within(self._seq_len) for one in sequences]
        lengths = [len(one.trained) for one in sequences]
        self._lengths[max(lengths)] += 1
        self._masked += min(learnt) == 0
        self._learnt += sum(learnt)
        self._left += sum(min(length, self._seq_len) for length in lengths)

    def told(self) -> Lengths | None:
        """The figures; None where nothing was measured."""
        measured = self._lengths.total()
        if not measured:
            return None
        return Lengths(
            measured=measured,
            p50=self._at(0.5),
            p95=self._at(0.95),
            max=max(self._lengths),
            mean=round(sum(length * count for length, count in self._lengths.items()) / measured, 1),
            seq_len=self._seq_len,
            cut=sum(count for length, count in self._lengths.items() if length > self._seq_len),
            masked=self._masked,
            trained_share=round(self._learnt / self._left, 4) if self._left else 0.0,
        )

    def _at(self, share: float) -> int:
        """The nearest-rank percentile: the shortest length that this share of the rows does not exceed."""
        passed = 0
        for length in sorted(self._lengths):
            passed += self._lengths[length]
            if passed >= share * self._lengths.total():
                return length
        return 0
