"""What of a row is learnt, and what a chat template does to it."""

import pytest

from muster.aegis.domain.data.chat_template import ChatTemplate, TemplateFault, compile_template
from muster.aegis.domain.data.masking import Encoded, Masked, mask, trained_spans
from muster.aegis.domain.data.rows import Completion, Messages, Preference, Row, Text, Turn
from muster.aegis.domain.preflight.tokenizer_facts import SpecialToken, TokenizerFacts

TURNS = (Turn("user", "why"), Turn("assistant", "so"), Turn("user", "how"), Turn("assistant", "thus"))
TAGGED = "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}{% generation %}{{ m.content }}.{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
PLAIN = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if m.role == 'assistant' %}.{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"


class Letters:
    """Satisfies Tokenizer: a token a character."""

    facts = TokenizerFacts(size=1000, eos=SpecialToken(text="$", id=36))

    def encode(self, text: str, *, special: bool) -> Encoded:
        return Encoded([ord(sign) for sign in text], [(place, place + 1) for place in range(len(text))])


def template(source: str) -> ChatTemplate:
    compiled = compile_template(source, {"eos_token": "$"})
    assert isinstance(compiled, ChatTemplate)
    return compiled


def learnt(row: Row, source: str = PLAIN) -> list[str]:
    sequences = mask(row, Letters(), template(source))
    assert not isinstance(sequences, TemplateFault)
    return ["".join(sign if on else "_" for sign, on in zip(one.text, one.trained, strict=True)) for one in sequences]


@pytest.mark.parametrize("source", [TAGGED, PLAIN])
def test_only_the_assistants_words_are_learnt(source: str) -> None:
    assert learnt(Messages(TURNS), source) == ["_________" + "___________so." + "______" + "___" + "___________thus."]


def test_of_plain_text_all_is_learnt_and_its_end() -> None:
    assert learnt(Text("tea")) == ["tea$"]


def test_a_completion_is_learnt_with_its_end() -> None:
    assert learnt(Completion("why", "so")) == ["___so$"]


def test_a_pair_is_two_sequences() -> None:
    assert learnt(Preference("why", "so", "no")) == ["___so$", "___no$"]


def test_cutting_takes_what_is_learnt_first_from_the_end() -> None:
    sequences = mask(Completion("why", "so"), Letters(), None)
    assert isinstance(sequences, tuple)
    assert [sequences[0].learnt_within(length) for length in (3, 4, 9)] == [0, 1, 3]


def test_a_conversation_without_a_template_is_a_fault() -> None:
    fault = mask(Messages(TURNS), Letters(), None)
    assert isinstance(fault, TemplateFault)
    assert fault.kind == "chat_template_missing"


def test_a_text_without_turns_needs_no_template() -> None:
    assert isinstance(mask(Text("tea"), Letters(), None), tuple)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("{{ raise_exception('no') }}", "chat_template_role"),
        ("{{ 1 / 0 }}", "chat_template_syntax"),
        ("{{ messages[99].content }}", "chat_template_syntax"),
        ("{{ ''.__class__.__mro__ }}", "chat_template_syntax"),
        ("{{ messages.append(1) }}", "chat_template_syntax"),
        ("{% for i in range(10 ** 9) %}{% endfor %}", "chat_template_syntax"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "chat_template_syntax"),
        ("{{ messages[-1].content }}{{ messages | length }}", "chat_template_mask"),
    ],
)
def test_a_template_that_fails_is_a_fault_and_no_crash(source: str, kind: str) -> None:
    fault = trained_spans(TURNS, template(source))
    assert isinstance(fault, TemplateFault)
    assert fault.kind == kind


@pytest.mark.parametrize("source", ["{% for %}", "{{ a }", "{% include 'x' %}{% nonsense %}", "{% generation %}"])
def test_a_template_that_is_none_is_a_fault(source: str) -> None:
    fault = compile_template(source, {})
    assert isinstance(fault, TemplateFault)
    assert fault.kind == "chat_template_syntax"


def test_a_template_may_write_json_break_and_ask_for_the_date() -> None:
    source = "{% for m in messages %}{{ m | tojson }}{% break %}{% endfor %}{{ strftime_now('%d') }}"
    rendered = template(source).render(TURNS)
    assert not isinstance(rendered, TemplateFault)
    assert rendered.text.startswith('{"role": "user", "content": "why"}')


def test_a_masked_row_counts_its_tokens() -> None:
    assert Masked("ab", Encoded([1, 2], [(0, 1), (1, 2)]), (False, True)).learnt_within(2) == 1
