"""Git URLs through the command line: private, missing, broken, and never with credentials."""

import os
import subprocess
from pathlib import Path

import pytest

from core.http_double import Answer, http_double, raw, saying
from e2e.calling import DOCKERFILE, Shell, listing, write

pytestmark = pytest.mark.e2e

LOG_IN = raw(b'HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = write(tmp_path / "my shop", Dockerfile=DOCKERFILE)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    for words in (("init",), ("add", "."), ("commit", "-m", "first")):
        subprocess.run(["git", *who, *words], cwd=folder, env=clean, check=True, capture_output=True)
    return folder


def test_a_real_repository_is_cloned_and_stays_as_it_is(shell: Shell, repository: Path) -> None:
    before = listing(repository)
    said = shell("generate", repository.as_uri(), "--no-questions")
    assert (said.code, 'job "my-shop"' in said.out) == (0, True), said.err
    assert listing(repository) == before


@pytest.mark.parametrize(
    ("answer", "code", "why"),
    [
        (LOG_IN, 3, "it is private, or does not exist"),
        (saying("403 Forbidden", "no"), 3, "you may not read it"),
        (saying("404 Not Found", "no"), 2, "there is no such repository"),
        (saying("503 Down", "no"), 3, "the server failed"),
        (raw(b""), 3, "the server failed"),
    ],
)
def test_a_server_that_gives_no_repository_is_told_apart(shell: Shell, answer: Answer, code: int, why: str) -> None:
    with http_double(answer) as (address, _):
        said = shell("generate", f"{address}/owner/name.git", "--no-questions")
    assert (said.code, said.out) == (code, "")
    assert f"git clone {address}/owner/name.git: {why}" in said.err
    assert shell.last_run().status == "failed"


@pytest.mark.parametrize(
    ("url", "code", "why"),
    [
        ("file:///no/such/repository", 2, "there is no such repository"),
        ("http://127.0.0.1:1/x.git", 3, "the server can't be reached"),
        ("http://nohost.invalid/x.git", 3, "the host name is not known"),
    ],
)
def test_a_url_that_leads_nowhere_says_so(shell: Shell, url: str, code: int, why: str) -> None:
    said = shell("analyze", url)
    assert (said.code, why in said.err) == (code, True)


@pytest.mark.parametrize(
    "url",
    [
        "http://joe:hunter2hunter2@127.0.0.1:1/owner/name.git",
        "https://hunter2hunter2@127.0.0.1:1/owner/name.git",
        "ssh://joe:hunter2hunter2@127.0.0.1:1/x",
        "joe:hunter2hunter2@127.0.0.1:owner/name",
        "http://joe:hunter2/hunter2@127.0.0.1:1/x",
        "http://127.0.0.1:1/x.git?access_token=hunter2hunter2",
    ],
)
def test_credentials_in_a_url_are_refused_and_neither_printed_nor_stored(shell: Shell, url: str) -> None:
    for words in (("generate", url, "--no-questions"), ("plan", "--path", url, "--no-questions"), ("analyze", url)):
        said = shell(*words)
        assert said.code == 2
        assert "the URL holds credentials" in said.err
        assert "hunter2" not in said.out + said.err
    assert b"hunter2" not in shell.stored()
    assert shell.runs() == ()
