"""Bare words and near copies."""

import pytest

from muster.threads.celery_worker.dedup.wording import bare_words, near_copies
from muster.threads.celery_worker.ports import PostText

POST = "Rest is not a reward. You do not have to earn a Sunday. Put the list down."


@pytest.mark.parametrize(
    "text",
    ["Café au lait", "CAFÉ  au\nlait!", "🚀 café, au lait 🙏", "ca\u200bfé au lait", "ｃａｆé au_lait", "cafe au lait"],
)
def test_the_same_words_are_the_same_whatever_they_are_dressed_in(text: str) -> None:
    assert bare_words(text) == "cafe au lait"


def test_words_of_every_script_are_kept() -> None:
    assert bare_words("Привет, мир! 你好") == "привет мир 你好"


@pytest.mark.parametrize(
    "copy",
    [
        POST.upper() + " 🙏",
        POST.replace("reward", "prize"),
        POST.replace("Sunday", "Sundy").replace("Rest", "Rst"),
        "Put the list down. Rest is not a reward. You do not have to earn a Sunday.",
    ],
)
def test_a_copy_with_small_changes_is_near(copy: str) -> None:
    assert [twin.post_id for twin in near_copies(copy, [PostText(7, POST)])] == [7]


def test_other_words_are_not_near() -> None:
    assert near_copies(POST, [PostText(7, "Count landings, not hours. A plan without a deadline is a mood.")]) == ()


def test_the_nearest_comes_first() -> None:
    others = [PostText(1, POST.replace("reward", "prize")), PostText(2, POST), PostText(3, "Ship it.")]
    assert [(twin.post_id, twin.how) for twin in near_copies(POST, others)] == [(2, "near"), (1, "near")]


def test_posts_without_words_are_alike_to_nothing() -> None:
    assert near_copies("🙏", [PostText(1, "🚀"), PostText(2, "🙏")]) == ()
