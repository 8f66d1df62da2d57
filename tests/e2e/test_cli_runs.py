"""Leaving a run at any point and coming back to it, through the command line and in real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.calling import DOCKERFILE, Shell, listing, write
from muster.core.runs.lock import hold_lock
from muster.nomad.embedded.launch import find_cluster, stop_cluster

pytestmark = pytest.mark.e2e

COMPOSE = "services:\n  web:\n    build: .\n    ports: ['80']\n"
NOMAD_SPEC = "from muster.nomad.main import main; main()"
MUSTER = "from muster.app.cli import main; main()"
EXAMPLE = Path(__file__).parents[2] / "examples" / "nomad" / "memory-test"
DEPLOY = ("deploy", str(EXAMPLE), "--embedded", "--images", str(EXAMPLE / "images.yaml"), "--no-questions")


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app", Dockerfile=DOCKERFILE, compose__yaml=COMPOSE)


@pytest.fixture
def cluster_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "muster-home" / "embedded"
    yield home
    stop_cluster(home)


def process(program: str, *words: str) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-c", program, *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.parametrize("typed", ["quit\n", "QUIT\n", "y\nquit\n", "y\nnginx:1\n\nquit\n"])
def test_quit_at_any_prompt_leaves_with_130_and_the_run_goes_on_at_its_form(
    shell: Shell, app: Path, typed: str
) -> None:
    before = listing(app)
    said = shell("generate", "app", "-o", "job.hcl", typed=typed)
    row = shell.last_run()
    assert (said.code, said.out, row.status) == (130, "", "waiting")
    assert f"The run waits: `muster runs resume {row.id}`." in said.err
    assert not Path("job.hcl").exists()
    again = shell("muster", "runs", "resume", row.id, typed="quit\n")
    assert again.code == 130
    title = "Sources" if typed.lower() == "quit\n" else "Questions"
    assert again.err.startswith(f"\n{title}\n\n[1/")
    assert shell("muster", "runs", "resume", row.id, "--no-questions").code == 0
    assert 'job "app"' in Path("job.hcl").read_text()
    assert listing(app) == before


def test_answers_given_before_leaving_are_not_asked_again(shell: Shell) -> None:
    shell("generate", "app", "-o", "job.hcl", typed="y\nnginx:1\n2\nquit\n")
    again = shell("muster", "runs", "resume", shell.last_run().id, typed="\n\n\n\n")
    assert again.code == 0, again.err
    assert "] Which image should web run? (empty: leave a variable)\n    > nginx:1 (answered before)" in again.err
    job = Path("job.hcl").read_text()
    assert 'image        = "nginx:1"' in job
    assert 'network_mode = "host"' in job


def test_a_resumed_generate_prints_the_job_and_nothing_else(shell: Shell) -> None:
    shell("generate", "app", typed="quit\n")
    again = shell("muster", "runs", "resume", shell.last_run().id, "--no-questions")
    assert again.out.startswith(("job ", "#", "variable "))
    assert "report: " not in again.out
    assert "- taking web (compose.yaml:" in again.err


def test_the_end_of_the_input_says_how_to_do_without_it(shell: Shell) -> None:
    said = shell("generate", "app")
    assert said.code == 130
    assert "the input ended at a question" in said.err
    assert "give --answers FILE or --no-questions" in said.err


def test_no_is_an_answer_that_ends_the_work(shell: Shell) -> None:
    said = shell("generate", "app", typed="n\n")
    assert (said.code, "you said no" in said.err) == (1, True)


def test_typed_answers_give_the_job_they_ask_for(shell: Shell) -> None:
    said = shell("generate", "app", typed="y\nbad image\nnginx:1\n2\n0\n3\nheavy\nmoon\namd64\n")
    assert said.code == 0, said.err
    for words in ('image        = "nginx:1"', "count = 3", "memory = 2048", 'network_mode = "host"'):
        assert words in said.out
    assert "The answer must look like registry/name:tag, and 'bad image' does not." in said.err


def test_a_run_that_somebody_works_on_is_left_alone(shell: Shell) -> None:
    shell("generate", "app")
    folder = shell.runs()[-1]
    with hold_lock(folder.lock):
        said = shell("muster", "runs", "resume", folder.path.name, "--no-questions")
        assert "running" not in shell("muster", "runs", "list").out
    assert said.code == 2
    assert f"is being worked on by another process (pid {os.getpid()})" in said.err
    assert folder.current_row().status == "waiting"


@pytest.mark.parametrize("run_id", ["", "../x", "A", "x" * 100, "a b", "ünï", "nope"])
@pytest.mark.parametrize("verb", ["show", "report", "resume"])
def test_odd_and_unknown_ids_are_refused(shell: Shell, verb: str, run_id: str) -> None:
    said = shell("muster", "runs", verb, run_id)
    assert (said.code, said.out) == (2, "")
    assert "`muster runs list` shows" in said.err


def test_damaged_runs_are_named_and_do_not_hide_the_others(shell: Shell) -> None:
    shell("generate", "app", "--no-questions")
    runs = shell.runs()[-1].path.parent
    for name, row in {"half": b"{", "bytes": b"\xff\0", "list": b"[]", "other": b'{"id": "x"}'}.items():
        (runs / name).mkdir()
        (runs / name / "run.json").write_bytes(row)
    (runs / "empty").mkdir()
    (runs / "circle").symlink_to("circle")
    (runs / "file").touch()
    said = shell("muster", "runs", "list")
    assert said.code == 0
    assert shell.runs()[0].path.name in said.out
    assert said.err.count("can't be read: it is damaged") == 4
    for name in ("half", "empty"):
        said = shell("muster", "runs", "resume", name)
        assert (said.code, f"the row of run {name} can't be read" in said.err) == (2, True)


def test_a_finished_run_has_nothing_left_to_do(shell: Shell) -> None:
    shell("generate", "app", "--no-questions")
    said = shell("muster", "runs", "resume", shell.last_run().id, "--no-questions")
    assert (said.code, "has nothing left to do" in said.err) == (2, True)


def test_a_file_gets_plain_text_and_the_talk_goes_elsewhere(shell: Shell) -> None:
    said = shell("generate", "app", "--no-questions", "--explain")
    assert said.out.startswith("# not found in")
    assert "taking web (compose.yaml:3)" in said.err
    assert f"run {shell.last_run().id}, report: " in said.err


@pytest.mark.parametrize("leave", ["interrupt", "polite kill", "closed pipe"])
def test_a_deployment_that_is_left_half_way_is_resumed_in_another_process(
    shell: Shell, cluster_home: Path, leave: str
) -> None:
    left = process(NOMAD_SPEC, *DEPLOY)
    assert left.stdout
    while "registered memory-test" not in left.stdout.readline():
        assert left.poll() is None
    if leave == "closed pipe":
        left.stdout.close()
        left.stdout = None
    else:
        left.send_signal(signal.SIGINT if leave == "interrupt" else signal.SIGTERM)
    _, said = left.communicate(timeout=60)
    row = shell.last_run()
    assert (left.returncode, row.status) == (130, "cancelled"), said
    assert f"`muster runs resume {row.id}` goes on with the run." in said
    again = process(MUSTER, "runs", "resume", row.id, "--no-questions")
    out, said = again.communicate(timeout=60)
    assert (again.returncode, said) == (0, "")
    assert "\x1b" not in out
    finished = shell.last_run()
    assert (finished.status, finished.done) == ("finished", True)
    assert versions(cluster_home) == int(finished.note.partition("after ")[2].split()[0]) + 1


def versions(home: Path) -> int:
    cluster = find_cluster(home)
    assert cluster
    answer = httpx.get(f"{cluster.address}/v1/job/memory-test/versions", trust_env=False)
    return len(answer.json()["Versions"])
