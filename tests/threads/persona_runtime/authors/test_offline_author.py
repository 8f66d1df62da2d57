"""The offline writer: the same by seed, in the persona's voice, and never twice nearly the same."""

from itertools import combinations

import numpy
import pytest
from rapidfuzz import fuzz

from muster.core.memory.embeddings import MiniLmEmbedder
from muster.threads.common.personas import Persona
from muster.threads.common.platform_text import compose, platform_problems
from muster.threads.persona_runtime.authors.offline_author import OfflineAuthor
from muster.threads.persona_runtime.guardrail import Guardrail
from threads.persona_runs import PERSONAS, brief

AUTHOR = OfflineAuthor()
EACH = pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)


def post(persona: Persona, seed: int) -> tuple[str, str]:
    about = brief(persona, subject=persona.topics[seed % len(persona.topics)], seed=seed)
    hook = AUTHOR.hook(about).text
    return hook, AUTHOR.body(about, hook).text


@EACH
def test_the_same_seed_gives_the_same_words(persona: Persona) -> None:
    assert post(persona, 7) == post(persona, 7)


@EACH
def test_a_thousand_seeds_give_a_thousand_posts(persona: Persona) -> None:
    assert len({post(persona, seed) for seed in range(1000)}) == 1000


@EACH
def test_no_sentence_is_left_with_a_sign_of_the_persona_file(persona: Persona) -> None:
    assert not any(sign in compose(*post(persona, seed)) for seed in range(300) for sign in "{}|")


@EACH
def test_no_two_of_its_posts_are_near_copies(persona: Persona) -> None:
    posts = [compose(*post(persona, seed)) for seed in range(250)]
    assert max(fuzz.ratio(one, other) for one, other in combinations(posts, 2)) < 90


@EACH
def test_hardly_two_of_its_posts_mean_the_same(persona: Persona) -> None:
    """A twin from 0.88 on: at most one post of twenty has one, among posts on the same few topics."""
    embedder = MiniLmEmbedder()
    vectors = numpy.array([embedder.embed(compose(*post(persona, seed))) for seed in range(200)])
    likeness = vectors @ vectors.T
    numpy.fill_diagonal(likeness, 0)
    assert (likeness.max(axis=1) >= 0.88).mean() <= 0.05


@EACH
def test_what_it_writes_passes_the_guardrail_and_fits_the_platform(persona: Persona, guardrail: Guardrail) -> None:
    posts = [post(persona, seed) for seed in range(200)]
    assert [one for one in posts if guardrail.judge(persona, *one).verdict != "allowed"] == []
    assert [one for one in posts if platform_problems(compose(*one))] == []


def test_condensing_leaves_sentences_out() -> None:
    assert AUTHOR.condense(brief(), "Hook", "Short one. " + "word " * 200, ["too long"]).text == "Short one."
