"""Settings in, author and guardrail out."""

from muster.core.prompts.library import FilePrompts
from muster.threads.common.openai_wrapper import OpenAIWrapper
from muster.threads.common.settings import ThreadsSettings
from muster.threads.persona_runtime.authors.forgiving_author import ForgivingAuthor
from muster.threads.persona_runtime.authors.model_author import ModelAuthor
from muster.threads.persona_runtime.authors.offline_author import OfflineAuthor
from muster.threads.persona_runtime.guardrail import Guardrail
from muster.threads.persona_runtime.ports import Author
from muster.threads.persona_runtime.prompt_uses import PROMPTS
from muster.threads.persona_runtime.remote_moderation import OmniModeration
from muster.threads.persona_runtime.rule_files import load_rules
from muster.threads.persona_runtime.toxicity import ToxicityModel


def build_author(settings: ThreadsSettings) -> Author:
    """Models where there is a key; the offline writer without one, and as a stand-in where the settings say so."""
    if settings.offline:
        return OfflineAuthor()
    model = ModelAuthor(OpenAIWrapper(settings), FilePrompts(PROMPTS.folder, settings.langfuse_prompt_label))
    return ForgivingAuthor(model, OfflineAuthor()) if settings.threads_offline_fallback else model


def build_guardrail(settings: ThreadsSettings) -> Guardrail:
    """Our own rules always; OpenAI's moderation beside them where there is a real key."""
    key = settings.openai_api_key
    remote = None if settings.offline or key is None else OmniModeration(settings.openai_base_url, key)
    return Guardrail(load_rules(), ToxicityModel(), remote)
