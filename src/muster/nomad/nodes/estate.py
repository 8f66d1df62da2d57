"""Asks the services around the cluster what there is: names, never values."""

from langgraph.runtime import Runtime

from muster.core.runs.events import RunEvent
from muster.nomad.context import Context
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.vault_paths import Subject
from muster.nomad.state import State, Update
from muster.nomad.surveying.estate import Survey, survey_estate


def inspect_estate(state: State, runtime: Runtime[Context]) -> Update:
    """Conventions, secrets' paths, services and routes; nothing where none of them is configured.

    A service that is away, refuses us or is slow is told, and the run goes on without it.
    """
    context = runtime.context
    estate = context.estate.without(state.without)
    if estate.is_empty:
        return {"estate": None}
    survey = survey_estate(estate, _subject(state, context), context.policy.conventions_path, context.clock)
    return {"estate": survey.facts, "events": _told(survey, context)}


def _subject(state: State, context: Context) -> Subject:
    """The names that the application may have there: as a job, as a repository, as a service."""
    services = tuple(one.name for one in state.analysis.services) if state.analysis else ()
    wished, known = state.wishes.name, state.analysis.name if state.analysis else None
    names = (wished.value if wished else "", known.value if known else "", state.name, *services)
    namespace = state.wishes.namespace.value if state.wishes.namespace else context.policy.defaults.namespace
    subject = Subject(apps=tuple(dict.fromkeys(name for name in names if name)), services=services)
    named = namespace not in (None, "", "default")  # Nomad's own namespace names no environment
    return subject.model_copy(update={"env": namespace}) if named else subject


def _told(survey: Survey, context: Context) -> list[RunEvent]:
    found = context.say("inspect_estate", "found", _summary(survey.facts))
    return [found, *(context.say("inspect_estate", "warned", warning) for warning in survey.warnings)]


def _summary(facts: EstateFacts) -> str:
    counts = {
        "services of the catalog": len(facts.services),
        "keys of the configuration": len(facts.config_keys),
        "secrets": len(facts.secrets),
        "routes": len(facts.routes),
    }
    said = [f"{count} {what}" for what, count in counts.items() if count]
    conventions = ["conventions"] if facts.conventions else []
    return "around the cluster: " + (", ".join([*conventions, *said]) or "nothing to be seen")
