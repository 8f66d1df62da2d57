import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.threads.common.platform_text import compose, links_in, platform_length, platform_problems


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("hello", 5),
        ("für Jörg", 8),
        ("日本語", 3),
        ("🙏", 4),
        ("🚀🚀", 8),
        ("❤️", 6),  # the heart's 3 bytes, and 3 of the selector
        ("👩‍👩‍👧", 4 + 3 + 4 + 3 + 4),
        ("🇩🇪", 8),
        ("1️⃣", 1 + 3 + 3),
        ("–…“”", 4),
        ("\U0001fae9", 4),  # newer than this Python's tables
    ],
)
def test_an_emoji_counts_as_many_as_its_bytes(text: str, length: int) -> None:
    assert platform_length(text) == length


@given(st.text())
def test_a_text_is_never_shorter_than_its_characters_nor_longer_than_its_bytes(text: str) -> None:
    assert len(text) <= platform_length(text) <= len(text.encode(errors="surrogatepass"))


def test_the_same_link_twice_is_one() -> None:
    assert links_in("see https://a.example/x, www.b.example and (https://a.example/x).") == (
        "https://a.example/x",
        "www.b.example",
    )


def test_five_hundred_characters_are_allowed_and_one_more_is_not() -> None:
    assert platform_problems("x" * 500) == ()
    assert platform_problems("x" * 497 + "🙏") == ("it has 501 characters of 500, an emoji counted by its bytes",)


def test_four_links_are_too_many() -> None:
    assert platform_problems(" ".join(f"https://{one}.example" for one in "abcd")) == ("it has 4 links of 3",)


def test_nothing_is_no_post() -> None:
    assert platform_problems(" \n") == ("it is empty",)


def test_hook_and_body_are_two_paragraphs() -> None:
    assert compose(" hook ", "body\n") == "hook\n\nbody"
