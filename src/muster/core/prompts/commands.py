"""What the prompt commands do: read the settings, open Langfuse, hand over."""

from collections.abc import Generator
from contextlib import contextmanager

from muster.core.errors import SettingsError, UsageError
from muster.core.http import ServiceClient
from muster.core.observability.logs import set_up_logs
from muster.core.prompts.asking import confirm
from muster.core.prompts.assigning import is_label
from muster.core.prompts.differing import Diff
from muster.core.prompts.langfuse_outcomes import LangfuseOutcomes
from muster.core.prompts.langfuse_prompts import LATEST, LangfusePrompts, open_langfuse
from muster.core.prompts.listing import local_rows, rows, show
from muster.core.prompts.opening import langfuse_keys
from muster.core.prompts.promoting import AHEAD, PRODUCTION, Promote
from muster.core.prompts.pulling import Pull
from muster.core.prompts.pushing import Push
from muster.core.prompts.shelf import Shelf
from muster.core.prompts.telling import say
from muster.core.prompts.uses import AgentPrompts
from muster.core.settings import MusterSettings, load_settings

_ANSWER_S = 2.5  # what listens there and says nothing is no Langfuse; slower answers have their own time

Agents = tuple[AgentPrompts, ...]


def list_prompts(agents: Agents, name: str | None, label: str | None) -> None:
    """Print the table. Without Langfuse the files are listed, and SettingsError says what is missing."""
    settings, shelf = _settings(), Shelf(agents)
    label = _label(settings, label)
    if not settings.langfuse_enabled:
        show(local_rows(shelf, name), label)
    with _langfuse(settings) as client:
        show(rows(shelf, LangfusePrompts(client), name, label), label)


def diff_prompts(agents: Agents, name: str | None, labels: tuple[str, ...], version: int | None) -> None:
    """Print differences and outcomes. Raises UsageError for sides that contradict one another."""
    settings, shelf = _settings(), Shelf(agents)
    if len(labels) > 2 or (labels and version is not None):
        raise UsageError("a diff has two sides", advice="Give one label, two labels, or one version.")
    chosen = tuple(_label(settings, label) for label in labels)
    _needs_a_name(name, version)
    with _langfuse(settings) as client:
        server, outcomes = LangfusePrompts(client), LangfuseOutcomes(client)
        Diff(shelf, server, outcomes, chosen, version, settings.langfuse_prompt_label).run(name)


def push_prompts(agents: Agents, name: str | None, label: str | None, *, dry_run: bool) -> None:
    """Push to the label. Asks first when it is production."""
    settings, shelf = _settings(), Shelf(agents)
    label = _moving_label(settings, label)
    with _langfuse(settings) as client:
        push = Push(shelf, LangfusePrompts(client), label, say)
        changes = push.planned(name)
        if dry_run or not changes:
            return
        if label == PRODUCTION and not confirm(AHEAD, "Push this to the label production?"):
            say("nothing was pushed")
            return
        push.run(changes)


def pull_prompts(
    agents: Agents, name: str | None, label: str | None, version: int | None, agent: str | None, *, dry_run: bool
) -> None:
    """Pull the label's versions, or one version; a prompt that is new here to that agent."""
    settings, shelf = _settings(), Shelf(agents)
    _needs_a_name(name, version)
    if agent is not None and name is None:
        raise UsageError("--agent says whose a new prompt will be", advice="Give --name too.")
    label = _label(settings, label)
    with _langfuse(settings) as client:
        Pull(shelf, LangfusePrompts(client), label, version, agent, dry_run, confirm).run(name)


def promote_prompts(agents: Agents, name: str | None, label: str | None, version: int | None, *, dry_run: bool) -> None:
    """Move the label to a version, or to the newest."""
    settings, shelf = _settings(), Shelf(agents)
    _needs_a_name(name, version)
    label = _moving_label(settings, label)
    with _langfuse(settings) as client:
        server, outcomes = LangfusePrompts(client), LangfuseOutcomes(client)
        Promote(shelf, server, outcomes, label, version, dry_run, confirm).run(name)


def _settings() -> MusterSettings:
    settings = load_settings(MusterSettings)
    set_up_logs(settings)
    return settings


@contextmanager
def _langfuse(settings: MusterSettings) -> Generator[ServiceClient]:
    keys = langfuse_keys(settings)
    if keys is None:
        raise SettingsError(
            "LANGFUSE_ENABLED is off, and this command talks to Langfuse",
            advice="Set LANGFUSE_ENABLED=true, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY; for a server of your "
            "own also LANGFUSE_BASE_URL.",
        )
    with open_langfuse(keys, timeout_s=_ANSWER_S) as client:
        yield client


def _label(settings: MusterSettings, label: str | None) -> str:
    if label is not None and not is_label(label):
        raise UsageError(f"{label!r} is no label", advice="Small letters, digits, and - _ . after the first.")
    return label or settings.langfuse_prompt_label


def _moving_label(settings: MusterSettings, label: str | None) -> str:
    label = _label(settings, label)
    if label == LATEST:
        raise UsageError("the label latest is Langfuse's own", advice="It is always on the newest version.")
    return label


def _needs_a_name(name: str | None, version: int | None) -> None:
    if version is not None and name is None:
        raise UsageError("versions are counted for each prompt apart", advice="Give --name too.")
