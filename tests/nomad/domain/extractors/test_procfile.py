import pytest

from muster.nomad.domain.extractors.procfile import EXTRACTOR
from muster.nomad.domain.facts import CommandFact, EnvFact, PortFact, WorkloadFact
from nomad.domain.extractors.said import of, say, troubles

FILE = """# processes
web: gunicorn app:app --bind 0.0.0.0:$PORT
worker: celery -A app worker
clock: python clock.py
release: python manage.py migrate
"""


def read(text: str, path: str = "Procfile"):
    return say(EXTRACTOR, {path: text})


def test_the_web_process_counts_for_its_folder() -> None:
    evidence = read(FILE, "api/Procfile")
    (web,) = of(evidence, CommandFact, "folder:api")
    assert web.command == ("/bin/sh", "-c", "gunicorn app:app --bind 0.0.0.0:$PORT")
    assert next(one.where for one in evidence if one.fact == web) == "api/Procfile:2"


def test_other_processes_are_units_of_their_own_that_open_no_port() -> None:
    evidence = read(FILE)
    assert of(evidence, CommandFact, "process:worker") == [CommandFact(command=("celery", "-A", "app", "worker"))]
    assert of(evidence, WorkloadFact, "process:worker") == [WorkloadFact(workload="worker")]


def test_no_number_is_made_up_for_the_port() -> None:
    evidence = read(FILE)
    assert of(evidence, PortFact) == []
    assert of(evidence, EnvFact) == [EnvFact(name="PORT")]


def test_a_port_that_is_written_down_counts() -> None:
    assert [one.port for one in of(read("web: uvicorn a:b --port 9000"), PortFact)] == [9000]


def test_a_release_process_is_told() -> None:
    assert any("manage.py migrate" in one for one in troubles(read(FILE)))


def test_the_only_process_is_the_main_one_and_works() -> None:
    evidence = read("worker: python bot.py\nrelease: x")
    assert of(evidence, CommandFact, "folder:.") == [CommandFact(command=("python", "bot.py"))]
    assert of(evidence, WorkloadFact, "folder:.") == [WorkloadFact(workload="worker")]


@pytest.mark.parametrize("text", ["", "web:", ":", "web: 'a", "no colon", "web: " + "x" * 100_000, "a b: c", "\0\0: x"])
def test_odd_lines_raise_nothing(text: str) -> None:
    assert isinstance(read(text), tuple)


def test_only_so_many_processes_are_read() -> None:
    assert len(of(read("\n".join(f"p{n}: x" for n in range(1000))), CommandFact)) == 50
