"""What is measured of a post."""

import pytest

from muster.threads.persona_runtime.domain.quality import brevity, variety


@pytest.mark.parametrize(("text", "score"), [("a" * 125, 0.75), ("a" * 500, 0.0), ("a" * 600, 0.0), ("", 1.0)])
def test_brevity_is_the_share_of_characters_that_is_left(text: str, score: float) -> None:
    assert brevity(text) == pytest.approx(score)


def test_an_emoji_is_as_long_as_the_platform_counts_it() -> None:
    assert brevity("\U0001f680") == pytest.approx(1 - 4 / 500)


@pytest.mark.parametrize(("text", "score"), [("Go, go, GO now!", 0.5), ("Each word once.", 1.0), ("...", 0.0)])
def test_variety_is_the_share_of_different_words(text: str, score: float) -> None:
    assert variety(text) == pytest.approx(score)
