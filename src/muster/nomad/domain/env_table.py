"""The table that asks for environment variables: values for settings, only the place for secrets."""

from collections.abc import Iterator, Mapping

from muster.core.errors import UsageError
from muster.core.gates.questions import AnswerValue, Row, TableQuestion
from muster.nomad.domain.env.cells import ASSIGNED, PLAIN_SOURCES, SECRET_SOURCES, Cell, read_cell
from muster.nomad.domain.env.existing import exists
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.places import PLACE, PLACE_LIKE, Place, parse_place
from muster.nomad.domain.profile import RUN_ORIGINS, Analysis, EnvEntry, EnvNote, ServiceProfile

ENV_ID = "env"

_NO_HALF_PLACE = r"(?!(?:vault|nomad-var):[^#\n]*/[^#\n]*\Z)[\s\S]*"
"""Any text but a place whose key was forgotten."""


def env_question(analysis: Analysis) -> TableQuestion | None:
    """The table of every variable that a human may have to fill in; None when nothing is open.

    Open are secrets, also where a source names their place, variables that the code needs and nobody sets, and values
    that only an example gives. Keys are `service.NAME`. What the image itself sets, the port's variable and defaults
    in the code are left alone. A sure suggestion is a row's default, any other is taken only where a person confirms
    the table.
    """
    shown = [(service, entry) for service in analysis.services for entry in service.env if is_asked(service, entry)]
    if not any((entry.value is None and not entry.assigned) or entry.origin == "example" for _, entry in shown):
        return None
    return TableQuestion(
        id=ENV_ID,
        text="Environment: values or their place (consul:KEY), for secrets only a place (vault:PATH#KEY or "
        "nomad-var:PATH#KEY)",
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


def with_env_answers(
    service: ServiceProfile, answers: Mapping[str, AnswerValue], estate: EstateFacts | None = None
) -> ServiceProfile:
    """The service with the table's answers; `estate` tells which of their places exist.

    Raises UsageError where a secret's place is none; never quotes it.
    """
    table = answers.get(ENV_ID)
    given = dict(_of_service(service, table)) if isinstance(table, dict) else {}
    facts = estate or EstateFacts()
    entries = tuple(
        _answered(service, one, given[one.name], facts) if one.name in given else one for one in service.env
    )
    known = {one.name for one in service.env}
    added = tuple(
        _answered(service, EnvEntry(name=name), text, facts) for name, text in given.items() if name not in known
    )
    return service.model_copy(update={"env": (*entries, *added)})


def given_cell(entry: EnvEntry) -> Cell:
    """What a source says that the variable is."""
    return Cell(value=entry.value, place=entry.place, assigned=entry.assigned)


def _of_service(service: ServiceProfile, table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, text in table.items():
        owner, _, name = key.rpartition(".")
        if owner == service.name and name:
            yield name, text


def _row(service: ServiceProfile, entry: EnvEntry) -> Row:
    known, offered = entry.source != "unknown", entry.suggestion
    told = "a secret: give its place, never its value" if entry.secret else "" if offered else entry.reason
    return Row(
        key=f"{service.name}.{entry.name}",
        value=given_cell(entry).text if known else offered.cell.text if offered and offered.is_sure else None,
        suggestion=offered.cell.text if offered and not (known or offered.is_sure) else None,
        confidence=entry.confidence if known else offered.confidence if offered else None,
        optional=not is_needed(entry),
        pattern=PLACE if entry.secret else _NO_HALF_PLACE,
        like=PLACE_LIKE,
        sources=[one for one in (SECRET_SOURCES if entry.secret else PLAIN_SOURCES) if _has(service, one.prefix)],
        reason="; ".join(filter(None, (told, offered.reason if offered else ""))),
        where=entry.where,
    )


def _has(service: ServiceProfile, prefix: str) -> bool:
    """Whether there is a port to be assigned, for the source that gives one."""
    return prefix != ASSIGNED or bool(service.ports)


def _answered(service: ServiceProfile, entry: EnvEntry, text: str, estate: EstateFacts) -> EnvEntry:
    if not text and entry.source == "unknown":
        return entry
    if text == given_cell(entry).text:
        return _confirmed(entry, estate)
    cell = read_cell(text)
    place = parse_place(cell.place)
    if entry.secret and (place is None or place.store == "consul"):
        raise UsageError(
            f"the answer for the secret {service.name}.{entry.name} is no place",
            advice="Put the value into Nomad variables or Vault and answer nomad-var:PATH#KEY or vault:PATH#KEY.",
        )
    note, said = _note(place, estate), entry.suggestion
    taken = said is not None and said.is_sure and said.cell == cell  # also where nobody was asked
    changes: dict[str, object] = {
        "value": cell.value if place or cell.assigned or cell.value else "",
        "place": cell.place,
        "assigned": cell.assigned,
        "secret": entry.secret or (place is not None and place.store != "consul"),
        "origin": "user",
        "note": note,
    }
    if taken and said:
        return entry.model_copy(update=changes | {"confidence": said.confidence, "reason": said.reason})
    return entry.model_copy(update=changes | {"confidence": 1.0, "reason": f"answered ({note})", "where": ""})


def _confirmed(entry: EnvEntry, estate: EstateFacts) -> EnvEntry:
    """What stands there as its source says it; an example's value counts from now on."""
    if entry.origin != "example":
        return entry
    note = _note(parse_place(entry.place), estate)
    return entry.model_copy(update={"origin": "user", "confidence": 1.0, "note": note})


def _note(place: Place | None, estate: EstateFacts) -> EnvNote:
    return "validated" if place is not None and exists(place, estate) else "custom"
