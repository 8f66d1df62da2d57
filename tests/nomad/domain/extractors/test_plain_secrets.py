"""What a repository says in plain text and nobody may keep."""

import pytest

from muster.nomad.domain.extractors.plain_secrets import without_secrets
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    ContainerFact,
    EnvFact,
    Evidence,
    Fact,
    HealthFact,
    PortFact,
    PrivilegeFact,
    ProblemFact,
    WorkdirFact,
)

PASSWORD = "hunter2hunter2"


def said(fact: Fact, source: str = "compose") -> list[Fact]:
    item = Evidence(unit="shop", fact=fact, source=source, where="compose.yaml:4", reason="`command` of the service")
    return [one.fact for one in without_secrets([item])]


@pytest.mark.parametrize(
    ("words", "kept", "name"),
    [
        (("serve", "--admin-password", PASSWORD), ("serve", "--admin-password", "${ADMIN_PASSWORD}"), "ADMIN_PASSWORD"),
        (("serve", f"--api-key={PASSWORD}"), ("serve", "--api-key=${API_KEY}"), "API_KEY"),
        (("redis-server", "--requirepass", PASSWORD), ("redis-server", "--requirepass", "${REQUIREPASS}"), "REQUIREPASS"),
        (("sh", "-c", f"DB_PASSWORD={PASSWORD} serve"), ("sh", "-c", "DB_PASSWORD=${DB_PASSWORD} serve"), "DB_PASSWORD"),
        (
            ("serve", f"postgres://app:{PASSWORD}@db/x"),
            ("serve", "postgres://app:${COMMAND_SECRET}@db/x"),
            "COMMAND_SECRET",
        ),
        (("mysqldump", "-u", "root", f"-p{PASSWORD}"), ("mysqldump", "-u", "root", "-p${COMMAND_SECRET}"), "COMMAND_SECRET"),
    ],
)  # fmt: skip
def test_a_secret_in_a_command_becomes_a_variable(words: tuple[str, ...], kept: tuple[str, ...], name: str) -> None:
    command, variable = said(CommandFact(command=words))
    assert command == CommandFact(command=kept)
    assert variable == EnvFact(name=name, required=True, secret=True)


def test_two_secrets_without_a_name_are_two_variables() -> None:
    command, *variables = said(CommandFact(command=(f"redis://:{PASSWORD}@a", f"amqp://u:{PASSWORD}x@b")))
    assert isinstance(command, CommandFact)
    assert command.command == ("redis://:${COMMAND_SECRET}@a", "amqp://u:${COMMAND_SECRET_2}@b")
    assert [one.name for one in variables if isinstance(one, EnvFact)] == ["COMMAND_SECRET", "COMMAND_SECRET_2"]


def test_the_command_of_an_image_needs_no_variable() -> None:
    assert len(said(CommandFact(command=("serve", "--token", PASSWORD)), source="dockerfile")) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("serve", "--token", "${TOKEN}"),
        ("serve", "--password-file", "/run/secrets/db"),
        ("gunicorn", "app:app", "--max-requests", "1000"),
        ("docker-entrypoint.sh", "postgres", "-p", "5433"),
    ],
)
def test_a_command_without_a_secret_stays_as_it_is(words: tuple[str, ...]) -> None:
    assert said(CommandFact(command=words)) == [CommandFact(command=words)]


@pytest.mark.parametrize(
    "fact",
    [
        HealthFact(type="command", command=("redis-cli", "-a", "x", f"--password={PASSWORD}", "ping")),
        HealthFact(type="http", path=f"/health?token={PASSWORD}"),
        WorkdirFact(path=f"/token={PASSWORD}"),
    ],
)
def test_what_would_be_deployed_with_a_mask_in_it_is_left_out_and_told(fact: Fact) -> None:
    (told,) = said(fact)
    assert isinstance(told, ProblemFact)
    assert f"the {fact.kind} (" in told.problem
    assert told.problem.endswith("holds a secret in plain text, and is left out")
    assert PASSWORD not in told.problem


def test_of_a_container_only_what_holds_a_secret_is_left_out() -> None:
    labels = {"hook": f"https://hooks.slack.com/services/T0/B0/{PASSWORD}", "team": "shop"}
    kept, told = said(ContainerFact(labels=labels, hostname=f"password={PASSWORD}", init=True))
    assert kept == ContainerFact(labels={"team": "shop"}, init=True)
    assert told == ProblemFact(problem="the label hook, the hostname holds a secret in plain text, and is left out")


@pytest.mark.parametrize(
    "fact",
    [
        ProblemFact(problem=f"DB_PASSWORD={PASSWORD} is no line of YAML"),
        PrivilegeFact(privilege="command", detail=f"--password={PASSWORD}"),
        BuildFact(context=".", dockerfile="Dockerfile", args={"NPM_TOKEN": PASSWORD, "URL": f"http://a:{PASSWORD}@b"}),
    ],
)
def test_what_is_only_told_is_masked(fact: Fact) -> None:
    (kept,) = said(fact)
    assert type(kept) is type(fact)
    assert PASSWORD not in repr(kept)


def test_a_fact_without_secrets_is_the_same() -> None:
    fact = PortFact(port=8080)
    assert said(fact)[0] is fact


def test_a_reason_that_quotes_a_line_keeps_no_secret_of_it() -> None:
    reason = f"HEALTHCHECK curl http://app:{PASSWORD}@localhost/up"
    item = Evidence(unit="shop", fact=PortFact(port=80), source="dockerfile", where="Dockerfile:4", reason=reason)
    (kept,) = without_secrets([item])
    assert kept.reason == "HEALTHCHECK curl http://app:[redacted]@localhost/up"
