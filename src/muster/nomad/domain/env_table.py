"""The table that asks for environment variables: values for settings, only the place for secrets."""

from collections.abc import Iterator, Mapping

from muster.core.errors import UsageError
from muster.core.gates.questions import AnswerValue, Row, TableQuestion
from muster.nomad.domain.places import PLACE, PLACE_LIKE, parse_place
from muster.nomad.domain.profile import RUN_ORIGINS, Analysis, EnvEntry, ServiceProfile

ENV_ID = "env"


def env_question(analysis: Analysis) -> TableQuestion | None:
    """The table of every variable that a human may have to fill in; None when nothing is open.

    Open are secrets, variables that the code needs and nobody sets, and values that only an example gives. Keys are
    `service.NAME`. What the image itself sets, the port's variable and defaults in the code are left alone.
    """
    shown = [(service, entry) for service in analysis.services for entry in service.env if is_asked(service, entry)]
    if not any(entry.value is None or entry.origin == "example" for _, entry in shown):
        return None
    return TableQuestion(
        id=ENV_ID,
        text="Environment: values, and for secrets only their place (nomad-var:PATH#KEY or vault:PATH#KEY)",
        reason="secret values are never asked for: what is answered here is stored",
        rows=[_row(service, entry) for service, entry in shown],
    )


def is_asked(service: ServiceProfile, entry: EnvEntry) -> bool:
    """Whether the variable belongs into the job, or may."""
    if any(one.value.env == entry.name and one.value.env_value("0") for one in service.ports):
        return False
    if entry.origin == "dockerfile" and entry.value is not None:
        return False  # the image sets it
    if entry.optional:
        return False
    unset_secret = entry.secret and entry.value is None  # the code may live without it, its users rarely do
    return entry.required or unset_secret or entry.origin in (*RUN_ORIGINS, "example")


def is_needed(entry: EnvEntry) -> bool:
    """Whether the job can't run without it: code without a default, or a secret that is set and not kept."""
    return entry.required or (entry.secret and entry.origin in RUN_ORIGINS)


def with_env_answers(service: ServiceProfile, answers: Mapping[str, AnswerValue]) -> ServiceProfile:
    """The service with the table's answers. Raises UsageError where a secret's place is none; never quotes it."""
    table = answers.get(ENV_ID)
    given = dict(_of_service(service, table)) if isinstance(table, dict) else {}
    entries = tuple(_answered(service, one, given[one.name]) if one.name in given else one for one in service.env)
    known = {one.name for one in service.env}
    added = tuple(_answered(service, EnvEntry(name=name), text) for name, text in given.items() if name not in known)
    return service.model_copy(update={"env": (*entries, *added)})


def _of_service(service: ServiceProfile, table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, text in table.items():
        owner, _, name = key.rpartition(".")
        if owner == service.name and name:
            yield name, text


def _row(service: ServiceProfile, entry: EnvEntry) -> Row:
    return Row(
        key=f"{service.name}.{entry.name}",
        value=(entry.place or None) if entry.secret else entry.value,
        optional=not is_needed(entry),
        pattern=PLACE if entry.secret else None,
        like=PLACE_LIKE,
        reason="a secret: give its place, never its value" if entry.secret else entry.reason,
        where=entry.where,
    )


def _answered(service: ServiceProfile, entry: EnvEntry, text: str) -> EnvEntry:
    place = parse_place(text)
    if place:
        return entry.model_copy(update={"place": text.strip(), "secret": True, "value": None})
    if not text and entry.value is None:
        return entry
    if entry.secret:
        raise UsageError(
            f"the answer for the secret {service.name}.{entry.name} is no place",
            advice="Put the value into Nomad variables or Vault and answer nomad-var:PATH#KEY or vault:PATH#KEY.",
        )
    if text == entry.value:
        return entry.model_copy(update={"origin": "user"}) if entry.origin == "example" else entry
    return entry.model_copy(update={"value": text, "origin": "user", "reason": "answered", "where": ""})
