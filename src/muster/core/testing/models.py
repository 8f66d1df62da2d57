"""A language model that reads its answers from a script."""

from collections.abc import Iterable

from pydantic import BaseModel

from muster.core.llm.ports import AnswerT, Completed, Prompt, Unusable, Usage


class ScriptedModel:
    """Satisfies `Model`: gives its answers in turn, and remembers the prompts. A text is an unusable answer."""

    def __init__(self, answers: Iterable[BaseModel | str], usage: Usage | None = None) -> None:
        self._answers = iter(answers)
        self._usage = usage or Usage()
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, schema: type[AnswerT]) -> Completed[AnswerT] | Unusable:
        """The next answer; unusable when it does not fit the schema, or when the script is over."""
        self.prompts.append(prompt)
        answer = next(self._answers, "the script is over")
        if isinstance(answer, schema):
            return Completed(answer, self._usage)
        reason = answer if isinstance(answer, str) else f"it is no {schema.__name__}"
        return Unusable(reason, self._usage)
