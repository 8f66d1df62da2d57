import pytest

from muster.threads.persona_runtime.domain.subject import own_words, plain, subject_of


@pytest.mark.parametrize(
    ("texts", "subject"),
    [
        (("", "I can't sleep.", ""), "I can't sleep"),
        (("  rest\n\x00now ",), "rest now"),
        (("read https://evil.example/x now",), "read now"),
        (("ask @somebody about {topic}",), "ask about topic"),
        (("🙏", "\u200b", "hope"), "hope"),
        (("https://a.example",), ""),
        (("word " * 100,), "“word word word word word word word word word word word word…”"),
    ],
)
def test_the_first_text_that_says_something_is_the_subject(texts: tuple[str, ...], subject: str) -> None:
    assert subject_of(*texts) == subject


def test_signs_that_cannot_be_seen_are_taken_off() -> None:
    assert plain("a\u202eb\u2028c") == "a b c"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Go to https://evil.example now", "Go to  now"),
        ("Go to https://given.example now", "Go to https://given.example now"),
        ("Ask @stranger", "Ask stranger"),
        ("Ask @friend", "Ask @friend"),
        ("```Rest well.```", "Rest well."),
    ],
)
def test_links_and_mentions_stay_where_they_were_given(said: str, kept: str) -> None:
    assert own_words(said, ["see https://given.example", "and @friend"]).split() == kept.split()
