from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.threads.fake_threads.engagement import METRICS, Arms, HookStyle, Look, Tone, World, look_of, receive

PLAIN = Look("statement", "plain", 12)
DAY_S, MONTH_S = 86_400.0, 30 * 86_400.0


def views(world: World, count: int = 2000, look: Look = PLAIN) -> list[int]:
    return [receive(world, f"17{number}", look).count("views", MONTH_S) for number in range(count)]


def likes_per_view(world: World, look: Look) -> float:
    seen = [receive(world, f"17{number}", look) for number in range(500)]
    return sum(one.finals["likes"] for one in seen) / sum(one.finals["views"] for one in seen)


@given(st.integers(), st.text(max_size=20), st.lists(st.floats(0, 1e8), min_size=2, max_size=5))
def test_no_count_ever_falls_nor_exceeds_the_views(seed: int, media_id: str, ages: list[float]) -> None:
    reception = receive(World(seed=seed), media_id, PLAIN)
    for metric in METRICS:
        counts = [reception.count(metric, age) for age in sorted(ages)]
        assert counts == sorted(counts)
        assert all(0 <= count <= reception.count("views", age) for count, age in zip(counts, sorted(ages), strict=True))


def test_the_same_world_and_post_have_the_same_reception() -> None:
    assert receive(World(seed=7), "17", PLAIN) == receive(World(seed=7), "17", PLAIN)
    assert receive(World(seed=7), "17", PLAIN) != receive(World(seed=8), "17", PLAIN)


def test_nothing_is_there_before_the_post() -> None:
    assert receive(World(), "17", PLAIN).count("views", -5) == 0


def test_half_of_the_posts_reach_the_median_and_few_go_far() -> None:
    reached = sorted(views(World(median_views=1000)))
    assert median(reached) == pytest.approx(1000, rel=0.1)
    assert sum(reached[-200:]) > sum(reached) / 3  # a tenth of the posts has over a third of the views


def test_most_comes_on_the_first_day() -> None:
    reception = receive(World(), "17", PLAIN)
    assert reception.count("views", DAY_S) > 0.7 * reception.count("views", MONTH_S)


def test_without_spread_all_posts_reach_the_same() -> None:
    assert set(views(World(spread=0, median_views=500.5, arms=Arms(hours={})), 50)) <= {499, 500}


def test_an_arm_has_the_effect_that_the_world_gives_it() -> None:
    world = World(arms=Arms(hook_styles={"question": 2.0}, tones={}, hours={}))
    ratio = likes_per_view(world, Look("question", "plain", 12)) / likes_per_view(world, PLAIN)
    assert ratio == pytest.approx(2, rel=0.1)


def test_a_good_arm_reaches_further() -> None:
    world = World(arms=Arms(hook_styles={}, tones={"hype": 4.0}, hours={}))
    better = median(views(world, 500, Look("statement", "hype", 12)))
    assert better == pytest.approx(2 * median(views(world, 500)), rel=0.05)


@pytest.mark.parametrize(
    ("text", "style", "tone"),
    [
        ("Why is this slow?\n\nNobody knows.", "question", "plain"),
        ("3 rules of rest\n\nBe gentle.", "number", "kind"),
        ("Hot take: ship it 🚀\n\nWhy not?", "claim", "hype"),
        ("Rest is work 🙏", "statement", "kind"),
    ],
)
def test_the_audience_tells_hook_style_and_tone_from_the_words(text: str, style: HookStyle, tone: Tone) -> None:
    assert look_of(text, 8) == Look(style, tone, 8)
