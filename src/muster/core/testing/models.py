"""A language model that reads its answers from a script."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from pydantic import BaseModel, JsonValue

from muster.core.llm.ports import AnswerT, Completed, Prompt, Tool, Unusable, Usage


@dataclass(frozen=True)
class CallTool:
    """Instead of an answer: call a tool, and go on in the script."""

    name: str
    args: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])


class ScriptedModel:
    """Satisfies `Model`: gives its answers in turn, and remembers the prompts. A text is an unusable answer.

    `results` are what the tools said that it called.
    """

    def __init__(self, answers: Iterable[BaseModel | str | CallTool], usage: Usage | None = None) -> None:
        self._answers: Iterator[BaseModel | str | CallTool] = iter(answers)
        self._usage = usage or Usage()
        self.prompts: list[Prompt] = []
        self.results: list[str] = []

    def complete(self, prompt: Prompt, schema: type[AnswerT]) -> Completed[AnswerT] | Unusable:
        """The next answer; unusable when it does not fit the schema, or when the script is over."""
        self.prompts.append(prompt)
        answer = next(self._answers, "the script is over")
        if isinstance(answer, schema):
            return Completed(answer, self._usage)
        reason = answer if isinstance(answer, str) else f"it is no {schema.__name__}"
        return Unusable(reason, self._usage)

    def complete_with_tools(
        self, prompt: Prompt, schema: type[AnswerT], tools: Sequence[Tool], *, most_calls: int
    ) -> Completed[AnswerT] | Unusable:
        """Calls the tools that the script names next, so often at most, then answers as `complete` does."""
        script = self._answers
        for step in script:
            if not isinstance(step, CallTool):
                self._answers = chain((step,), script)
                break
            tool = next(one for one in tools if one.name == step.name)
            if len(self.results) < most_calls:
                self.results.append(tool.call(step.args))
        return self.complete(prompt, schema)
