"""The offline writer's words: a persona's own sentences, put together by a seed. The same seed, the same words."""

import re
from random import Random

from muster.threads.common.personas import Voice

_CHOICE = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_SHAPES = ("tttc", "ttt", "tttc", "ttt", "tttt", "ttttc")
"""Of a body: thoughts, and a closer or none."""


def write_hook(voice: Voice, subject: str, chance: Random) -> str:
    """An opener; with the persona's sign now and then."""
    opener = spoken(chance.choice(voice.openers), subject, chance)
    return f"{opener} {voice.emoji}" if voice.emoji and chance.random() < 0.3 else opener


def write_body(voice: Voice, subject: str, chance: Random) -> str:
    """Some thoughts, each once, and perhaps a closer and the persona's sign."""
    shape = chance.choice(_SHAPES)
    thoughts = chance.sample(voice.thoughts, min(shape.count("t"), len(voice.thoughts)))
    said = [*thoughts, chance.choice(voice.closers)] if shape.endswith("c") else thoughts
    sign = [voice.emoji] if voice.emoji and chance.random() < 0.6 else []
    return " ".join([*(spoken(one, subject, chance) for one in said), *sign])


def spoken(sentence: str, subject: str, chance: Random) -> str:
    """One of each choice, the subject in its place, a capital first."""
    chosen = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), sentence)
    full = chosen.replace("{topic}", subject)
    return full[:1].upper() + full[1:]
