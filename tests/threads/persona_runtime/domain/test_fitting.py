from hypothesis import given, settings
from hypothesis import strategies as st

from muster.threads.common.platform_text import compose, platform_problems
from muster.threads.persona_runtime.domain.fitting import fit

LINKS = "https://a.example https://b.example https://c.example https://d.example"
TEXT = st.text(min_size=1, max_size=2000) | st.sampled_from(
    ["🙏" * 500, "👩\u200d🚀" * 200, "א" * 700, LINKS * 3, "a. " * 400]
)


@settings(deadline=None)
@given(TEXT, TEXT)
def test_whatever_it_is_it_fits(hook: str, body: str) -> None:
    fitted = fit(hook, body)
    assert not platform_problems(compose(*fitted))
    assert all(fitted)


def test_what_fits_stays_as_it_is() -> None:
    assert fit("A hook", "A body.") == ("A hook", "A body.")


def test_whole_sentences_are_left_out_first() -> None:
    assert fit("Hook", "One sentence. " + "word " * 200) == ("Hook", "One sentence.")


def test_no_emoji_is_cut_in_two() -> None:
    _, body = fit("Hook", "👩\u200d🚀" * 100)
    assert body.rstrip("…").removesuffix("👩\u200d🚀") + "👩\u200d🚀…" == body


def test_three_links_are_the_most() -> None:
    assert " ".join(fit("Hook", LINKS)).count("https") == 2
