"""Shell scripts that a Dockerfile starts: which file is meant, their ports, their environment variables."""

import pytest

from muster.nomad.domain.extractors.compose import EXTRACTOR as COMPOSE_EXTRACTOR
from muster.nomad.domain.extractors.dockerfile import EXTRACTOR
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.shell.scripts import read_script, started_script
from muster.nomad.domain.facts import EnvFact, Evidence, PortFact
from nomad.domain.extractors.code_snippets import evidence, need, ports

DOCKERFILE = 'FROM python:3.12\nCOPY . /app\nENTRYPOINT ["./docker-entrypoint.sh"]\n'


def started(script: str, dockerfile: str = DOCKERFILE) -> dict[str, str]:
    return {"Dockerfile": dockerfile, "docker-entrypoint.sh": f"#!/bin/sh\nset -e\n{script}\n"}


def variables(script: str) -> dict[str, EnvFact]:
    found = evidence(EXTRACTOR, started(script))
    return {one.fact.name: one.fact for one in found if isinstance(one.fact, EnvFact)}


READS = [
    ("a default", "exec app --host ${XX:-a}", "=a"),
    ("a default without colon", "exec app --host ${XX-a}", "=a"),
    ("a default that is set", ": ${XX:=a}\nexec app $XX", "=a"),
    ("a default for itself", 'XX="${XX:-a}"\nexec app $XX', "=a"),
    ("a default of a default", "exec app ${XX:-${YY:-3}}", "=3"),
    ("a default from a command", "exec app ${XX:-$(hostname)}", "optional"),
    ("required", 'exec app "${XX:?no XX}"', "required"),
    ("bare", 'exec app --name "$XX"', "required"),
    ("a switch", 'exec app ${XX:+--debug}', "optional"),
    ("tested and left", 'if [ -z "$XX" ]; then\n  echo "no XX"\n  exit 1\nfi', "required"),
    ("tested and left in one line", '[ -z "$XX" ] && echo no && exit 1', "required"),
    ("tested and left in brackets", '[[ -z "${XX:-}" ]] && { echo no; exit 1; }', "required"),
    ("there or left", '[ -n "$XX" ] || exit 1', "required"),
    ("tested and set", 'if [ -z "$XX" ]; then\n  XX=a\nfi\nexec app $XX', "=a"),
    ("tested and set in one line", '[ -z "$XX" ] && XX=a', "=a"),
    ("compared", 'if [ "$XX" = "true" ]; then\n  migrate\nfi', "optional"),
    ("chosen", 'case "$XX" in\n  a) b ;;\nesac', "optional"),
    ("there", 'if [ -n "$XX" ]; then\n  c\nfi', "optional"),
    ("a later exit is another's", 'if [ -z "$XX" ]; then\n  echo a\nfi\nexit 1', "optional"),
    ("set before", "XX=a\nexec app $XX", "absent"),
    ("exported before", "export XX=$(date)\nexec app $XX", "absent"),
    ("a loop's own", "for XX in a b; do echo $XX; done", "absent"),
    ("read by the script", "read -r XX\necho $XX", "absent"),
    ("in single quotes", "echo '$XX ${XX:-a}'", "absent"),
    ("a comment", "# $XX\necho a # ${XX:-b}", "absent"),
    ("a here-document", 'cat > a.conf <<EOF\nhost $XX\nEOF\nexec app', "required"),
    ("a quoted here-document", "cat > a.conf <<'EOF'\nhost $XX\nEOF\nexec app", "absent"),
    ("a continued line", "exec app \\\n  --host ${XX:-a} \\\n  --b", "=a"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), [pytest.param(script, need, id=name) for name, script, need in READS])
def test_a_script_says_whether_a_variable_is_needed(script: str, expected: str) -> None:
    assert need(EXTRACTOR, started(script), "XX") == expected


@pytest.mark.parametrize(
    "script", ["echo $1 $@ $# $? $$", "echo $RANDOM $UID $SECONDS", "cd $HOME; echo $PATH", "x=1; echo $x"]
)
def test_the_shells_own_variables_do_not_count(script: str) -> None:
    assert variables(script) == {}


def test_a_variable_is_about_the_image_at_its_place() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, started("exec app ${XX:-a}")) if isinstance(one.fact, EnvFact))
    assert (found.unit, found.where, found.source) == ("dockerfile:Dockerfile", "docker-entrypoint.sh:3", "script")


def test_a_secrets_default_is_not_kept() -> None:
    assert variables("exec app ${DB_PASSWORD:-hunter2}")["DB_PASSWORD"] == EnvFact(name="DB_PASSWORD", secret=True)


PORTS: list[tuple[str, str, list[tuple[int, str | None]]]] = [
    ("an option", "exec gunicorn -b 0.0.0.0:8001 app:app", [(8001, None)]),
    ("a variable", "exec uvicorn app:app --host 0.0.0.0 --port ${PORT:-8002}", [(8002, "PORT")]),
    ("a variable with its default before", "PORT=${PORT:-8003}\nexec uvicorn app:app --port $PORT", [(8003, "PORT")]),
    ("a variable of the script's own", "port=1\nLISTEN=8004\nexec uvicorn app:app --port $LISTEN", [(8004, None)]),
    ("a known server", "exec uvicorn app:app", [(8000, None)]),
    ("the last command", "python manage.py migrate\ngunicorn -b :8005 app", [(8005, None)]),
    ("in a branch", 'if [ "$A" = web ]; then\n  exec gunicorn -b :8006 app\nelse\n  exec celery -A app worker\nfi', [(8006, None)]),
    ("continued", "exec gunicorn \\\n  --workers 2 \\\n  --bind 0.0.0.0:8007 app", [(8007, None)]),
    ("nothing that listens", 'python manage.py migrate\nexec "$@"', []),
    ("what only waits", "nc -z db 5432\nexec celery -A app worker", []),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), [pytest.param(script, port, id=name) for name, script, port in PORTS])
def test_where_a_script_listens(script: str, expected: list[tuple[int, str | None]]) -> None:
    assert ports(EXTRACTOR, started(script)) == expected


def test_a_port_is_at_its_line_of_the_script() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, started("exec gunicorn -b :8001 app")) if isinstance(one.fact, PortFact)
    )
    assert (found.where, found.reason) == ("docker-entrypoint.sh:3", "-b :8001 in the command")


def test_the_images_environment_beats_the_scripts_default() -> None:
    dockerfile = DOCKERFILE.replace("COPY", "ENV APP_PORT=9000\nCOPY")
    assert ports(EXTRACTOR, started("exec gunicorn -b :${APP_PORT:-8000} app", dockerfile)) == [(9000, "APP_PORT")]


def test_what_a_script_listens_on_beats_what_is_exposed() -> None:
    assert ports(EXTRACTOR, started("exec gunicorn -b :8001 app", DOCKERFILE + "EXPOSE 80\n")) == [(8001, None)]


def file_of(path: str, text: str = "#!/bin/sh\n") -> SourceFile:
    return SourceFile(path, text)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("./start.sh",), "start.sh"),
        (("/app/docker/start.sh",), "docker/start.sh"),
        (("sh", "/start.sh"), "start.sh"),
        (("/bin/sh", "-c", "./start.sh --web"), "start.sh"),
        (("tini", "--", "/entry/entrypoint"), "entry/entrypoint"),
        (("bash", "-c", "migrate && ./start.sh"), "start.sh"),
        (("python", "app.py"), None),
        (("./other.sh",), None),
        ((), None),
    ],
)
def test_a_command_means_the_file_that_is_most_like_its_word(command: tuple[str, ...], expected: str | None) -> None:
    files = [file_of("start.sh"), file_of("docker/start.sh"), file_of("entry/entrypoint"), file_of("b/c/d.sh")]
    found = started_script(command, files, ".")
    assert (found.path if found else None) == expected


def test_the_script_beside_the_dockerfile_is_meant() -> None:
    found = started_script(("/start.sh",), [file_of("a/start.sh"), file_of("b/start.sh")], "b")
    assert found is not None
    assert found.path == "b/start.sh"


def test_of_two_that_are_as_good_none_is_taken() -> None:
    assert started_script(("/start.sh",), [file_of("a/start.sh"), file_of("b/start.sh")], ".") is None


def test_a_script_of_another_language_is_not_read() -> None:
    assert started_script(("./start.sh",), [file_of("start.sh", "#!/usr/bin/env python3\n")], ".") is None


HOSTILE = {
    "open here-document": "cat <<EOF\n" + "$XX\n" * 50_000,
    "open quotes": "echo \"'" * 50_000,
    "brackets": "(" * 200_000,
    "braces": "${XX:-" * 40_000,
    "tests": '[ -z "$XX" ] && if\n' * 5_000,
    "continued": "a \\\n" * 60_000,
    "assignments": "XX=a; " * 40_000,
    "one line": "$XX" * 80_000,
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_script_takes_long(hostile: str) -> None:
    import time

    begun = time.process_time()
    read_script(file_of("a.sh", HOSTILE[hostile]))
    assert time.process_time() - begun < 5


def test_a_script_that_nothing_starts_says_nothing() -> None:
    found: tuple[Evidence, ...] = evidence(EXTRACTOR, {"Dockerfile": "FROM a", "start.sh": "exec app ${XX:-a}"})
    assert not [one for one in found if isinstance(one.fact, EnvFact)]


COMPOSE = "services:\n  web:\n    build: .\n    command: ./start.sh\n"


def of_compose(script: str, compose: str = COMPOSE) -> tuple[Evidence, ...]:
    return evidence(COMPOSE_EXTRACTOR, {"compose.yaml": compose, "start.sh": script})


def test_a_services_command_starts_a_script_too() -> None:
    found = of_compose("exec uvicorn a:b --port ${PORT:-8000} --x ${XX:-a}")
    said = {
        (one.unit, one.where, one.source) for one in found if isinstance(one.fact, EnvFact) and one.fact.name == "XX"
    }
    assert said == {("compose:web", "start.sh:1", "script")}
    assert [one.fact for one in found if isinstance(one.fact, PortFact)] == [PortFact(port=8000, env="PORT")]


def test_ports_of_the_service_beat_those_of_its_script() -> None:
    found = of_compose("exec uvicorn a:b --port 8000", COMPOSE + "    ports: ['9000']\n")
    assert [one.fact.port for one in found if isinstance(one.fact, PortFact)] == [9000]


def test_a_service_without_a_command_starts_no_script() -> None:
    found = of_compose("exec app ${XX:-a}", "services:\n  web:\n    build: .\n")
    assert not [one for one in found if isinstance(one.fact, EnvFact)]
