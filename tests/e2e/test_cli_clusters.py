"""Clusters that are away or something else, through the command line: exit code 3, and the setting to look at."""

import time
from pathlib import Path

import pytest

from core.http_double import Answer, hang, http_double, raw, saying
from e2e.calling import DOCKERFILE, Shell, write
from muster.nomad.embedded.launch import EmbeddedCluster

pytestmark = pytest.mark.e2e

COMPOSE = "services:\n  web:\n    image: nginx:1\n    ports: ['80']\n"


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app", Dockerfile=DOCKERFILE, compose__yaml=COMPOSE)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "https://127.0.0.1:1", "http://nohost.invalid:4646"])
def test_a_cluster_that_nobody_reaches_is_named_with_its_setting(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("NOMAD_ADDR", address)
    said = shell("deploy", "app", "--no-questions")
    assert said.code == 3
    assert f"GET {address}/v1/agent/self of Nomad: no connection" in said.err
    assert "Check NOMAD_ADDR" in said.err
    assert shell.last_run().status == "failed"
    assert shell("muster", "runs", "resume", shell.last_run().id, "--no-questions").code == 3


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (saying("200 OK", "<html>log in</html>", "text/html"), 3, "something that is no JSON"),
        (saying("200 OK", "[]", "application/json"), 3, "JSON that is none of Nomad's"),
        (saying("200 OK", "{}", "application/json"), 3, "JSON that is none of Nomad's"),
        (saying("404 Not Found", "404 page not found"), 3, "Check NOMAD_ADDR"),
        (saying("401 Unauthorized", "who?"), 3, "Check NOMAD_TOKEN"),
        (saying("403 Forbidden", "Permission denied"), 1, "the ACL token may not do this"),
        (saying("500 X", "boom"), 3, "Look at the logs of Nomad"),
        (saying("500 X", "No cluster leader"), 3, "the Nomad cluster has no leader"),
        (raw(b""), 3, "the connection was cut"),
        (raw(b"\x00SSH-2.0\r\n\r\n"), 3, "the connection was cut"),
        (raw(b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), 3, "with 307"),
    ],
)
def test_what_answers_there_and_is_no_cluster_for_us_is_told(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, answer: Answer, code: int, why: str
) -> None:
    with http_double(answer) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", address)
        said = shell("plan", "app", "--no-questions")
    assert (said.code, why in said.err) == (code, True), said.err
    assert shell.last_run().status == "failed"


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (saying("200 OK", "[]", "application/json"), 3, "JSON that is none of Nomad's"),
        (saying("404 Not Found", "404 page not found"), 3, "Check NOMAD_ADDR"),
        (saying("404 Not Found", "job not found"), 2, "there is no job web on this cluster"),
        (saying("500 X", "No cluster leader"), 3, "the Nomad cluster has no leader"),
    ],
)
def test_verify_tells_an_unknown_job_from_a_cluster_that_is_none(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, answer: Answer, code: int, why: str
) -> None:
    with http_double(answer) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", address)
        said = shell("verify", "web")
    assert (said.code, why in said.err) == (code, True), said.err


@pytest.mark.parametrize("words", ["plan app --no-questions", "verify web"])
def test_an_address_that_never_answers_is_named_soon(shell: Shell, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    with http_double(hang) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", address)
        began = time.monotonic()
        said = shell(*words.split())
    assert (said.code, f"{address} takes connections and does not answer" in said.err) == (3, True), said.err
    assert time.monotonic() - began < 10


def test_a_password_in_the_address_is_not_printed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOMAD_ADDR", "http://joe:hunter2hunter2@127.0.0.1:1")
    said = shell("plan", "app", "--no-questions")
    assert said.code == 3
    assert "hunter2" not in said.err
    assert b"hunter2" not in shell.stored()


def test_a_spec_is_written_without_the_named_cluster_where_it_is_away(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOMAD_ADDR", "http://127.0.0.1:1")
    said = shell("generate", "app", "--no-questions")
    assert said.code == 0
    assert "going on without Nomad: without Nomad the spec does not fit itself to the cluster" in said.err
    assert 'job "app"' in said.out


def test_a_written_spec_fits_the_named_cluster_and_not_what_runs_there(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, cluster: EmbeddedCluster
) -> None:
    monkeypatch.setenv("NOMAD_ADDR", cluster.address)
    assert shell("deploy", "app", "--no-questions", "-p", "2 replicas").code == 0
    said = shell("generate", "app", "--no-questions")
    assert f"Nomad 1.1.2 at {cluster.address}" in said.err
    assert "count = 1" in said.out
