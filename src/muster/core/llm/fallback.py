"""An ordered list of models: the next one is asked when the first is away or too slow, and for the rest of the run."""

import logging
from collections.abc import Callable, Mapping, Sequence

from muster.core.errors import ServiceError
from muster.core.llm.ports import AnswerT, Completed, Model, Prompt, Tool, Unusable
from muster.core.llm.settings import ModelName

_log = logging.getLogger(__name__)


class FallbackModel:
    """Satisfies `Model`. A model that was away once is not asked again: a run would wait for it at every step."""

    def __init__(self, models: Mapping[ModelName, Model]) -> None:
        self._models = models
        self._away: dict[ModelName, ServiceError] = {}

    def complete(self, prompt: Prompt, schema: type[AnswerT]) -> Completed[AnswerT] | Unusable:
        """The answer of the first model that is there. Raises the last one's ServiceError when all are away."""
        return self._first(lambda model: model.complete(prompt, schema))

    def complete_with_tools(
        self, prompt: Prompt, schema: type[AnswerT], tools: Sequence[Tool], *, most_calls: int
    ) -> Completed[AnswerT] | Unusable:
        """The same with tools; the next model begins anew. Raises as `complete` does."""
        return self._first(lambda model: model.complete_with_tools(prompt, schema, tools, most_calls=most_calls))

    def _first(self, ask: Callable[[Model], Completed[AnswerT] | Unusable]) -> Completed[AnswerT] | Unusable:
        for name, model in self._models.items():
            if name in self._away:
                continue
            try:
                return ask(model)
            except ServiceError as error:
                self._away[name] = error
                _log.warning("%s; for the rest of this run %s", error.message, self._instead())
        last = list(self._away.values())[-1]
        raise type(last)(last.message, advice=last.advice) from last

    def _instead(self) -> str:
        return next((f"{name} answers" for name in self._models if name not in self._away), "no model answers")
