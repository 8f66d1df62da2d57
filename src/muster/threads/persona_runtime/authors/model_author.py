"""Writes by the language models of a persona and a phase.

What a model says is untrusted: it fills a bounded schema, and loses links and mentions that nobody gave it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, Field

from muster.core.errors import ServiceError, WorkFailedError
from muster.core.llm.ports import Prompt
from muster.core.prompts.library import PromptLibrary
from muster.threads.common.contracts import ModelUse
from muster.threads.persona_runtime.domain.subject import own_words
from muster.threads.persona_runtime.ports import AuthorFailedError, Brief, Completing, Phase, Written
from muster.threads.persona_runtime.prompt_uses import CONDENSE_BODY, WRITE_BODY, WRITE_HOOK

AnswerT = TypeVar("AnswerT", bound=BaseModel)


class HookAnswer(BaseModel):
    """The form of a hook."""

    hook: str = Field(min_length=1, max_length=400)


class BodyAnswer(BaseModel):
    """The form of a body."""

    body: str = Field(min_length=1, max_length=2000)


@dataclass(frozen=True)
class ModelAuthor:
    """Satisfies `Author`."""

    model: Completing
    prompts: PromptLibrary

    def hook(self, brief: Brief) -> Written:
        """Raises AuthorFailedError, as all do."""
        prompt = self.prompts.prompt(WRITE_HOOK, _values(brief))
        answer, use = self._complete(brief, prompt, HookAnswer, "hook")
        return Written(" ".join(_said(answer.hook, brief).split()), (use,))

    def body(self, brief: Brief, hook: str) -> Written:
        """What follows on the hook."""
        prompt = self.prompts.prompt(WRITE_BODY, {**_values(brief), "hook": hook})
        answer, use = self._complete(brief, prompt, BodyAnswer, "body")
        return Written(_said(answer.body, brief), (use,))

    def condense(self, brief: Brief, hook: str, body: str, problems: Sequence[str]) -> Written:
        """The same body in fewer words."""
        values = {"hook": hook, "body": body, "problems": "\n".join(problems)}
        answer, use = self._complete(brief, self.prompts.prompt(CONDENSE_BODY, values), BodyAnswer, "condense")
        return Written(_said(answer.body, brief), (use,))

    def _complete(self, brief: Brief, prompt: Prompt, schema: type[AnswerT], phase: Phase) -> tuple[AnswerT, ModelUse]:
        try:
            filled = self.model.fill(brief.persona, phase, prompt, schema)
        except ServiceError as error:
            raise AuthorFailedError(error.message, transient=True, advice=error.advice) from error
        except WorkFailedError as error:
            raise AuthorFailedError(error.message, transient=False, advice=error.advice) from error
        return filled.answer, filled.use


def _values(brief: Brief) -> dict[str, str]:
    persona = brief.persona
    return {
        "persona": persona.name,
        "voice": persona.voice.instructions,
        "emoji": persona.voice.emoji,
        "avoid": ", ".join((*persona.avoid, *persona.banned_words)),
        "topic": brief.topic or brief.subject,
        "pain_statement": brief.pain_statement,
        "trend_snippet": brief.trend_snippet,
    }


def _said(text: str, brief: Brief) -> str:
    words = own_words(text, brief.material)
    if not any(one.isalnum() for one in words):
        raise AuthorFailedError("the model's answer has no words in it", transient=True)
    return words
