import pytest

from core.prompts.samples import chat_prompt, text_prompt
from muster.core.errors import PromptError
from muster.core.prompts.uses import PromptUse, check_variables, fence_of, fill, variables_in

USE = PromptUse("fix", ("error", "memories"))


def test_variables_are_named_between_double_braces() -> None:
    assert variables_in(text_prompt("a", "{{error}} {{ memories }} {{error}}")) == ("error", "memories")


def test_variables_of_all_messages_count() -> None:
    assert variables_in(chat_prompt("a", ("system", "{{a}}"), ("user", "{{b}}"))) == ("a", "b")


@pytest.mark.parametrize("text", ["{one}", '{"a": {"b": 1}}', "}}x{{", "{{ never closed"])
def test_single_braces_json_and_open_ends_are_plain(text: str) -> None:
    assert variables_in(text_prompt("a", text)) == ()


def test_a_prompt_that_fits_its_use_is_accepted() -> None:
    check_variables(text_prompt("fix", "{{error}} {{memories}}"), USE)


def test_the_fence_may_be_used_without_being_given() -> None:
    check_variables(text_prompt("fix", "{{fence}} {{error}} {{memories}} {{fence}}"), USE)


def test_a_variable_that_the_code_does_not_give_is_refused_with_its_name() -> None:
    with pytest.raises(PromptError) as refused:
        check_variables(text_prompt("fix", "{{error}} {{memories}} {{memry}}", version=3), USE)
    assert refused.value.message == (
        "the prompt fix (version 3) can't be used: it asks for {{memry}}, which the code does not give"
    )
    assert refused.value.advice == "Its variables are error, memories."


def test_a_variable_that_the_prompt_does_not_use_is_refused_with_its_name() -> None:
    with pytest.raises(PromptError, match=r"it does not use \{\{memories\}\}, which the code gives"):
        check_variables(text_prompt("fix", "{{error}}"), USE)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(PromptError) as refused:
        check_variables(text_prompt("fix", "{{x}} {{y}}"), USE)
    assert all(f"{{{{{name}}}}}" in refused.value.message for name in ("x", "y", "error", "memories"))


def test_values_stand_where_their_variables_stood() -> None:
    filled = fill(chat_prompt("a", ("system", "{{x}}!"), ("user", "{{ y }}{{x}}")), {"x": "1", "y": "2"})
    assert filled.texts() == ("1!", "21")


def test_what_looks_like_a_variable_or_an_include_inside_a_value_stays() -> None:
    value = "{{y}} @@@langfusePrompt:name=b|label=c@@@ \\1"
    assert fill(text_prompt("a", "{{x}}{{y}}"), {"x": value, "y": "2"}).prompt == value + "2"


def test_the_fence_can_not_be_foreseen_by_a_value() -> None:
    told = fence_of({"material": "x"})
    assert fence_of({"material": f"x {told}"}) != told


def test_the_fence_is_the_same_for_the_same_values() -> None:
    assert fence_of({"a": "1", "b": "2"}) == fence_of({"b": "2", "a": "1"})


def test_half_characters_of_odd_files_do_not_hurt() -> None:
    assert fill(text_prompt("a", "{{x}}{{fence}}"), {"x": "\udcff"}).texts()[0].startswith("\udcff")
