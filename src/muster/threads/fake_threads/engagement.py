"""How the simulated audience takes a post: a pure function of the world's seed, the post, and its age.

Final reach is log-normal over posts (a few go far, most do not), shifted by what the post looks like: its arms. What
has been reached by a certain age is the final count times `1 - exp(-age / tau)`: it saturates, and never falls.
Nothing here is Threads' own; what is like it is the shape: heavy tail, quick saturation, rates of some per cent.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

HookStyle = Literal["question", "number", "claim", "statement"]
Tone = Literal["kind", "hype", "plain"]
Metric = Literal["views", "likes", "replies", "reposts", "quotes", "shares"]
METRICS: tuple[Metric, ...] = ("views", "likes", "replies", "reposts", "quotes", "shares")
_HIDDEN = ("follows", "clicks")
"""Counted, but told of no single post: the platform has no such metric of a post."""

_KIND = re.compile("[\U0001f64f\u2764\U0001f49b\U0001f49c\U0001f917]|\\b(?:gentl|bless|grace|heal)", re.IGNORECASE)
_HYPE = re.compile("[\U0001f680\U0001f525\u26a1]|!|\\b(?:ship it|hot take)", re.IGNORECASE)
_CLAIM = re.compile(r"^(?:hot take|everybody|nobody|unpopular|stop|delete|the truth)", re.IGNORECASE)


class Part(BaseModel):
    """Frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Arms(Part):
    """What each arm multiplies engagement with; what is not named, with 1."""

    hook_styles: Mapping[HookStyle, float] = {"question": 1.25, "number": 1.1, "claim": 1.15}
    tones: Mapping[Tone, float] = {"kind": 1.1, "hype": 1.2}
    hours: Mapping[int, float] = {7: 1.1, 8: 1.2, 9: 1.1, 12: 1.15, 18: 1.2, 19: 1.3, 20: 1.3, 21: 1.15, 2: 0.6, 3: 0.5,
                                  4: 0.5}  # fmt: skip
    """By hour of day, UTC."""


class World(Part):
    """The audience. `rates`: of the views of a post without any arm."""

    seed: int = 0
    median_views: float = Field(default=400, gt=0, le=1e7)
    spread: float = Field(default=1.0, ge=0, le=3)
    """Sigma of the logarithm of reach, from post to post."""
    rate_spread: float = Field(default=0.3, ge=0, le=2)
    """Sigma of the logarithm of a post's rates."""
    rates: Mapping[Metric | Literal["follows", "clicks"], float] = {
        "likes": 0.045, "replies": 0.006, "reposts": 0.005, "quotes": 0.0015, "shares": 0.003, "follows": 0.002,
        "clicks": 0.01,
    }  # fmt: skip
    tau_h: float = Field(default=6.0, gt=0, le=1000)
    """Hours until 63 % of the views are there, for the median post."""
    arms: Arms = Arms()


@dataclass(frozen=True)
class Look:
    """What the audience sees of a post."""

    hook_style: HookStyle
    tone: Tone
    hour: int


@dataclass(frozen=True)
class Reception:
    """The final counts of a post, and how fast they come."""

    finals: Mapping[str, int]
    taus_h: Mapping[str, float]

    def count(self, metric: str, age_s: float) -> int:
        """How many by that age; never less than before."""
        hours = max(age_s, 0.0) / 3600
        return math.floor(self.finals[metric] * -math.expm1(-hours / self.taus_h[metric]))


def look_of(text: str, hour: int) -> Look:
    """Hook style and tone as they can be told from the words alone; the hook is the first paragraph."""
    hook = text.strip().split("\n", 1)[0]
    return Look(_hook_style(hook), _tone(text), hour)


def arm_effect(arms: Arms, look: Look) -> float:
    """What a post's arms multiply its rates with."""
    style, tone = arms.hook_styles.get(look.hook_style, 1.0), arms.tones.get(look.tone, 1.0)
    return style * tone * arms.hours.get(look.hour, 1.0)


def receive(world: World, media_id: str, look: Look) -> Reception:
    """What becomes of a post. The same world, post and look: the same reception."""
    chance = Random(f"{world.seed}/{media_id}")
    effect = arm_effect(world.arms, look)
    views = world.median_views * math.sqrt(effect) * math.exp(world.spread * chance.gauss())
    warmth = effect * math.exp(world.rate_spread * chance.gauss() - world.rate_spread**2 / 2)
    tau_h = world.tau_h * math.exp(0.4 * chance.gauss())
    finals, taus_h = {"views": math.floor(views)}, {"views": tau_h}
    for metric in (*METRICS[1:], *_HIDDEN):
        finals[metric] = _some_of(finals["views"], world.rates.get(metric, 0.0) * warmth, chance)
        taus_h[metric] = tau_h * (1 + 0.5 * chance.random())  # nobody likes what they have not seen
    return Reception(finals, taus_h)


def _some_of(views: int, rate: float, chance: Random) -> int:
    """About binomial: by the normal law, within its bounds."""
    share = min(rate, 0.9)
    mean, deviation = views * share, math.sqrt(views * share * (1 - share))
    return min(max(round(mean + deviation * chance.gauss()), 0), views)


def _hook_style(hook: str) -> HookStyle:
    if "?" in hook:
        return "question"
    if any(one.isdigit() for one in hook):
        return "number"
    return "claim" if _CLAIM.match(hook) else "statement"


def _tone(text: str) -> Tone:
    if _KIND.search(text):
        return "kind"
    return "hype" if _HYPE.search(text) else "plain"
