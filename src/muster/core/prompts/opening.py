"""Settings in, prompt library out."""

from collections.abc import Generator
from contextlib import contextmanager

from muster.core.prompts.assigning import labels_for
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.langfuse_prompts import LangfuseKeys, LangfusePrompts, open_langfuse
from muster.core.prompts.library import FilePrompts, LangfuseFirstPrompts, PromptLibrary
from muster.core.settings import MusterSettings

_FETCH_S = 1.0  # a run does not wait longer for a prompt that it has in a file


@contextmanager
def open_prompts(settings: MusterSettings, folder: PromptFolder, run_id: str) -> Generator[PromptLibrary]:
    """The prompts of one run: Langfuse's first where it is enabled, by the label that the run falls to.

    Raises SettingsError for an address of Langfuse that is none.
    """
    files, keys = FilePrompts(folder, settings.langfuse_prompt_label), langfuse_keys(settings)
    if keys is None or settings.prompts_from_files:
        yield files
        return
    labels = labels_for(run_id, settings.langfuse_prompt_label, settings.prompt_share)
    with open_langfuse(keys, timeout_s=_FETCH_S) as client:
        yield LangfuseFirstPrompts(LangfusePrompts(client), files, labels)


def langfuse_keys(settings: MusterSettings) -> LangfuseKeys | None:
    """Where Langfuse is, and the keys to it; None where it is not enabled."""
    public, secret = settings.langfuse_public_key, settings.langfuse_secret_key
    if not settings.langfuse_enabled or public is None or secret is None:
        return None
    return LangfuseKeys(settings.langfuse_base_url, public, secret)
