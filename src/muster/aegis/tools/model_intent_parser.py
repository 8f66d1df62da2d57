"""Reads an intent by rules first; of what they leave, a language model reads what it can quote."""

from muster.aegis.domain.intent.intent import Intent
from muster.aegis.domain.intent.modelled import IntentAnswer, add_wishes, known_lines
from muster.aegis.ports import IntentParser
from muster.aegis.prompt_uses import PARSE_INTENT
from muster.core.errors import BudgetError, ServiceError
from muster.core.llm.ports import Completed, Model, Unusable
from muster.core.prompts.library import PromptLibrary


class ModelIntentParser:
    """Satisfies the port IntentParser: adds to what the rules read, and never fails for want of a model."""

    def __init__(self, rules: IntentParser, model: Model, prompts: PromptLibrary) -> None:
        self._rules = rules
        self._model = model
        self._prompts = prompts

    def parse(self, text: str) -> Intent:
        """What the words ask for. The model is asked only where words are left that no rule reads."""
        intent = self._rules.parse(text)
        if not intent.not_understood:
            return intent
        values = {"words": text, "unread": "\n".join(intent.not_understood), "known": known_lines(intent)}
        try:
            answer = self._model.complete(self._prompts.prompt(PARSE_INTENT, values), IntentAnswer)
        except (ServiceError, BudgetError) as error:
            return intent.model_copy(update={"left_out": (f"{error.message}; rules go on alone",)})
        match answer:
            case Completed(answer=wishes):
                return add_wishes(intent, wishes)
            case Unusable(reason=reason):
                return intent.model_copy(update={"left_out": (f"the answer of the model is no use: {reason}",)})
