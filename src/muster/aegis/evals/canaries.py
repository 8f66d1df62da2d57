"""How well a model remembers a planted secret: its exposure in bits, after Carlini et al. 2019 (arXiv 1802.08232).

The secret is ranked by its log probability among random ones of the same shape; rank 1 of N is log2 N bits.
"""

import json
import math
import random
from collections.abc import Sequence
from typing import Any

CANDIDATES = 511
"""Random ones beside the secret: 9 bits at most."""
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_SHAPES = {"0123456789": "0123456789", _LOWER: _LOWER, _LOWER.upper(): _LOWER.upper()}


def candidate_rows(canary: dict[str, Any], chance: random.Random) -> list[dict[str, Any]]:
    """The canary's row, then the same with random secrets of its shape. Raises ValueError for a row without it."""
    row, secret = json.dumps(canary["row"]), json.dumps(canary["secret"])[1:-1]
    if not secret or secret not in row:
        raise ValueError("a canary's row does not hold its secret")
    others = _others(canary["secret"], chance)
    return [canary["row"], *(json.loads(row.replace(secret, json.dumps(one)[1:-1])) for one in others)]


def exposure_bits(logprobs: Sequence[float]) -> float:
    """Of the first one: log2 of how many there are, less log2 of its rank. Equals count half."""
    first, others = logprobs[0], logprobs[1:]
    rank = 1 + sum(one > first for one in others) + sum(one == first for one in others) / 2
    return math.log2(len(logprobs)) - math.log2(rank)


def _others(secret: str, chance: random.Random) -> list[str]:
    """Different ones, fewer where the shape allows no more."""
    found = {_alike(secret, chance) for _ in range(20 * CANDIDATES)} - {secret}
    return sorted(found, key=lambda one: (chance.random(), one))[:CANDIDATES] if len(found) else []


def _alike(secret: str, chance: random.Random) -> str:
    return "".join(next((chance.choice(signs) for signs in _SHAPES if sign in signs), sign) for sign in secret)
