"""What each open variable could be: by convention, by what it talks to, by where secrets lie, by its name.

A suggestion is the default of a question and no fact. From `SURE` on it is taken where nobody is asked.
"""

from muster.nomad.domain.build.target import Target
from muster.nomad.domain.env.cells import Suggestion
from muster.nomad.domain.env.needs import suggest_need
from muster.nomad.domain.env.patterns import suggest_by_name
from muster.nomad.domain.env.secret_places import by_convention, suggest_secret
from muster.nomad.domain.env.surroundings import Stores, Surroundings
from muster.nomad.domain.env_table import is_asked
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.profile import Analysis, EnvEntry, ServiceProfile
from muster.nomad.domain.versions import has_feature


def suggest_env(analysis: Analysis, estate: EstateFacts | None, stores: Stores, *, app: str) -> Analysis:
    """The analysis with a suggestion at every variable that is asked for and that no source gives."""
    facts = estate or EstateFacts()
    services = tuple(_with_suggestions(_around(one, analysis, facts, stores, app)) for one in analysis.services)
    return analysis.model_copy(update={"services": services})


def stores_of(target: Target | None, *, vault: bool, consul: bool) -> Stores:
    """What a job can read, by what is configured here (`vault`, `consul`) and by what the cluster says."""
    return Stores(
        vault=vault or (target is not None and target.vault),
        consul=consul or (target is not None and target.consul),
        variables=has_feature(target.version if target else None, "nomad-variables"),
    )


def _around(service: ServiceProfile, analysis: Analysis, estate: EstateFacts, stores: Stores, app: str) -> Surroundings:
    others = tuple(one for one in analysis.services if one.id != service.id)
    return Surroundings(app=app, service=service, others=others, estate=estate, stores=stores)


def _with_suggestions(around: Surroundings) -> ServiceProfile:
    entries = tuple(
        one.model_copy(update={"suggestion": _suggest(one, around)})
        if one.source == "unknown" and is_asked(around.service, one)
        else one
        for one in around.service.env
    )
    return around.service.model_copy(update={"env": entries})


def _suggest(entry: EnvEntry, around: Surroundings) -> Suggestion | None:
    mapped = by_convention(entry.name, around)
    if mapped or entry.secret:
        return mapped or suggest_secret(entry.name, around)
    return suggest_need(entry.name, around) or suggest_by_name(entry.name, around)
