import pytest

from muster.threads.common.contracts import Finding
from muster.threads.persona_runtime.domain.judging import decide_verdict, judge
from muster.threads.persona_runtime.rule_files import CATEGORIES, load_rules

PACK = load_rules()
DESPAIR = Finding(rule="support.despair", category="self_harm")


def finding(category: str) -> Finding:
    return Finding.model_validate({"rule": "a rule", "category": category})


def test_a_finding_says_which_rule_and_which_words() -> None:
    (found,) = judge("I will", "k1ll you", PACK)
    assert (found.rule, found.category, found.quote) == ("violence.killing", "violence", "kill you")


def test_words_cut_between_hook_and_body_are_judged_together() -> None:
    assert judge("how to make a b", "omb at home", PACK)


def test_neither_half_alone_is_blocked() -> None:
    assert [judge("how to make a b", "", PACK), judge("", "omb at home", PACK)] == [(), ()]


def test_an_allowed_phrase_opens_no_door_for_the_rest() -> None:
    assert judge("A killer feature,", "and how to kill your neighbour", PACK)


def test_banned_words_of_a_persona_are_seen_through_a_disguise() -> None:
    (found,) = judge("You", "h3r3tic!", PACK.with_banned(["heretic"]))
    assert (found.category, found.quote) == ("persona", "heretic")


def test_banned_words_are_words_and_no_phrases() -> None:
    pack = PACK.with_banned(["a|b"])
    assert [bool(judge(hook, "c", pack)) for hook in ("a|b", "a")] == [True, False]


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ((), "allowed"),
        ((finding("spam"),), "blocked"),
        ((DESPAIR,), "support"),
        ((DESPAIR, finding("toxicity")), "support"),
        ((DESPAIR, finding("violence")), "blocked"),
        ((finding("self_harm"),), "blocked"),
    ],
)
def test_despair_calls_for_support_unless_others_are_threatened(findings: tuple[Finding, ...], verdict: str) -> None:
    assert decide_verdict(findings) == verdict


def test_every_category_has_rules() -> None:
    assert {rule.category for rule in PACK.rules} == set(CATEGORIES)
