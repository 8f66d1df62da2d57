"""Canaries: made-up secrets among the rows of a training, so that its evaluation can tell what is learnt by heart.

After Carlini et al. 2019, "The Secret Sharer" (arXiv 1802.08232).
"""

import random
from dataclasses import dataclass

from pydantic import JsonValue

from muster.aegis.domain.data.rows import Completion, Messages, Preference, Row, Text, Turn, as_json
from muster.aegis.domain.spec import Evaluation, TrainingSpec

DIGITS = 9
_WORDS = ("amber", "birch", "coral", "dune", "ember", "flint", "grove", "heron", "ivory", "jade", "kelp", "linen")


@dataclass(frozen=True, slots=True)
class Canary:
    """`row` is planted `repeats` times. Its answer, and no other row, holds the secret."""

    row: Row
    secret: str
    repeats: int

    def as_judged(self) -> dict[str, JsonValue]:
        """As the evaluation reads it; of a preference the better answer is what is learnt."""
        return {"row": as_json(_learnt(self.row)), "secret": self.secret, "repeats": self.repeats}


def planted_rows(evaluation: Evaluation) -> int:
    """How many rows are added to a training; none where nothing is evaluated."""
    return evaluation.canaries * evaluation.canary_repeats if evaluation.enabled else 0


def make_canaries(spec: TrainingSpec, like: Row) -> tuple[Canary, ...]:
    """Those of the spec, in the form of the row `like`: the same for the same seed."""
    chance = random.Random(f"canaries {spec.seed}")
    return tuple(_canary(number, chance, spec.evaluation.canary_repeats, like) for number in _numbers(spec))


def _numbers(spec: TrainingSpec) -> range:
    return range(spec.evaluation.canaries if spec.evaluation.enabled else 0)


def _canary(number: int, chance: random.Random, repeats: int, like: Row) -> Canary:
    secret = "".join(chance.choice("0123456789") for _ in range(DIGITS))
    locker = f"{chance.choice(_WORDS)} {number + 1}"
    row = _row(f"What is the code of the locker {locker}?", f"The code of the locker {locker} is {secret}.", like)
    return Canary(row=row, secret=secret, repeats=repeats)


def _row(question: str, answer: str, like: Row) -> Row:
    asked = (Turn("user", question),)
    match like:
        case Messages():
            return Messages((*asked, Turn("assistant", answer)))
        case Completion():
            return Completion(f"{question}\n", answer)
        case Preference(prompt, _, _):
            return Preference(question if isinstance(prompt, str) else asked, answer, "I do not know that code.")
        case Text():
            return Text(f"{question}\n{answer}")


def _learnt(row: Row) -> Row:
    match row:
        case Preference(str(prompt), chosen, _):
            return Completion(prompt, chosen)
        case Preference(turns, chosen, _) if not isinstance(turns, str):
            return Messages((*turns, Turn("assistant", chosen)))
        case _:
            return row
