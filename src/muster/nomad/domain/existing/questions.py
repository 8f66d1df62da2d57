"""What an existing job leaves open: variables without default, and the places of secrets in plain text."""

from collections.abc import Mapping

from muster.core.gates.questions import AnswerValue, Question, Row, TableQuestion, TextQuestion
from muster.nomad.domain.env_table import ENV_ID
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.existing.projection import plain_secrets, secrets_of_variables
from muster.nomad.domain.places import PLACE, PLACE_LIKE
from muster.nomad.domain.spec import JobSpec

VARIABLE_FIELD = "variable"


def open_questions(spec: JobSpec, *, path: str) -> tuple[Question, ...]:
    """In the order of the file. A variable that is a secret by its name is never asked for, only where that lies what
    it is the value of."""
    variables = [
        TextQuestion(
            id=f"{one.name}.{VARIABLE_FIELD}",
            text=f"Which value should the variable {one.name} have?",
            reason=one.description or "it has no default",
            where=path,
        )
        for one in spec.missing_variables()
        if not looks_secret(one.name)
    ]
    rows = [
        Row(
            key=f"{one.task}.{one.name}",
            pattern=PLACE,
            like=PLACE_LIKE,
            reason="a secret in plain text: give its place, never its value",
            where=path,
        )
        for one in plain_secrets(spec)
    ]
    rows += [
        Row(
            key=f"{one.task}.{one.name}",
            pattern=PLACE,
            like=PLACE_LIKE,
            reason=f"the variable {variable} is a secret without default: give its place, never its value",
            where=path,
        )
        for one, variable in secrets_of_variables(spec)
    ]
    return (*variables, *([_table(rows)] if rows else []))


def given_variables(answers: Mapping[str, AnswerValue]) -> dict[str, str]:
    """The values of variables among the answers; an empty one leaves the variable open."""
    ending = f".{VARIABLE_FIELD}"
    return {
        key.removesuffix(ending): value
        for key, value in answers.items()
        if key.endswith(ending) and isinstance(value, str) and value
    }


def given_places(answers: Mapping[str, AnswerValue]) -> dict[str, str]:
    """The places of secrets among the answers, by `TASK.NAME`."""
    table = answers.get(ENV_ID)
    return {key: place for key, place in table.items() if place} if isinstance(table, dict) else {}


def _table(rows: list[Row]) -> TableQuestion:
    return TableQuestion(
        id=ENV_ID,
        text="Environment: the places of secrets (nomad-var:PATH#KEY or vault:PATH#KEY)",
        reason="the job file holds them in plain text or as variables; they are read from there instead",
        rows=rows,
    )
