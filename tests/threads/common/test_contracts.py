import pytest
from pydantic import ValidationError

from muster.threads.common.contracts import Draft, Edit, Moderation
from muster.threads.common.platform_text import words_sha256

VERDICT = Moderation(verdict="allowed", text_sha256=words_sha256("Hook", "Body"))
BLANKS = ["", "   ", "\n\t", "\u00a0", "\u200b\u2060"]


@pytest.mark.parametrize("field", ["hook", "body"])
@pytest.mark.parametrize("blank", BLANKS)
def test_other_words_are_not_blank(field: str, blank: str) -> None:
    with pytest.raises(ValidationError):
        Edit.model_validate({field: blank})


@pytest.mark.parametrize("field", ["hook", "body", "text"])
@pytest.mark.parametrize("blank", BLANKS)
def test_a_draft_has_a_hook_and_a_body(field: str, blank: str) -> None:
    words = {"hook": "Hook", "body": "Body", "text": "Hook\n\nBody", "moderation": VERDICT}
    with pytest.raises(ValidationError):
        Draft.model_validate({**words, field: blank})


def test_an_emoji_can_be_seen() -> None:
    assert Edit(hook="\N{PERSON WITH FOLDED HANDS}").hook
