from itertools import pairwise

import pytest

from core.prompts.samples import chat_prompt, include, text_prompt
from muster.core.errors import PromptError
from muster.core.prompts.composing import MAX_CHAIN, compose, included_names, with_selectors
from muster.core.prompts.stored import StoredPrompt


def composed(*prompts: StoredPrompt) -> StoredPrompt:
    """The first one, with the others to be found."""
    return compose(prompts[0], {prompt.name: prompt for prompt in prompts}.__getitem__)


def test_an_included_text_stands_where_its_tag_stood() -> None:
    assert composed(text_prompt("a", f"1 {include('b')} 3"), text_prompt("b", "2")).prompt == "1 2 3"


@pytest.mark.parametrize("selector", ["label=candidate", "version=12"])
def test_a_file_has_one_version_whatever_the_tag_selects(selector: str) -> None:
    assert composed(text_prompt("a", include("b", selector)), text_prompt("b", "2")).prompt == "2"


def test_what_is_included_may_include() -> None:
    parts = text_prompt("b", f"({include('c')})"), text_prompt("c", "deep")
    assert composed(text_prompt("a", include("b")), *parts).prompt == "(deep)"


def test_messages_include_too() -> None:
    chat = chat_prompt("a", ("system", include("b")), ("user", "{{x}}"))
    assert composed(chat, text_prompt("b", "rules")) == chat_prompt("a", ("system", "rules"), ("user", "{{x}}"))


def test_the_same_part_may_be_included_twice() -> None:
    assert composed(text_prompt("a", include("b") * 2), text_prompt("b", "x")).prompt == "xx"


def test_a_circle_is_refused_with_its_chain() -> None:
    parts = text_prompt("b", include("c")), text_prompt("c", include("a"))
    with pytest.raises(PromptError) as refused:
        composed(text_prompt("a", include("b")), *parts)
    assert refused.value.message == "prompts include one another in a circle: a -> b -> c -> a"


def test_a_prompt_that_includes_itself_is_a_circle() -> None:
    with pytest.raises(PromptError, match="a -> a"):
        composed(text_prompt("a", include("a")))


def test_a_chain_is_as_long_as_langfuse_allows() -> None:
    names = "abcdef"[: MAX_CHAIN + 1]
    prompts = [text_prompt(one, include(next_)) for one, next_ in pairwise(names)]
    assert composed(*prompts[1:], text_prompt(names[-1], "end")).prompt == "end"
    with pytest.raises(PromptError, match=r"more than 5 deep: a -> b -> c -> d -> e -> f"):
        composed(*prompts, text_prompt(names[-1], "end"))


def test_a_chat_can_not_be_included() -> None:
    with pytest.raises(PromptError, match="a -> b: only a text prompt can be included"):
        composed(text_prompt("a", include("b")), chat_prompt("b", ("user", "x")))


@pytest.mark.parametrize(
    "inside", ["b", "name=b", "name=b|label=", "label=x|name=b", "name=b|version=one", "name=|label=x"]
)
def test_a_tag_that_can_not_be_read_is_refused(inside: str) -> None:
    with pytest.raises(PromptError, match="the prompt a has a tag that can't be read"):
        composed(text_prompt("a", f"@@@langfusePrompt:{inside}@@@"))


def test_the_names_of_parts_are_told_once() -> None:
    assert included_names(text_prompt("a", include("b") + include("c") + include("b"))) == ("b", "c")


def test_selectors_can_be_changed() -> None:
    changed = with_selectors(text_prompt("a", include("b")), lambda name: "version=4")
    assert changed.prompt == include("b", "version=4")
