import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from muster.core.errors import (
    AccessDeniedError,
    MusterError,
    ServiceFailureError,
    ServiceTimeoutError,
    SourceError,
    TlsError,
    UnreachableError,
)
from muster.nomad.domain.extractors.extractor import Extractor, Files
from muster.nomad.domain.facts import Evidence, NameFact
from muster.nomad.tools.git_clone import Bounds, clone_error, cloned
from muster.nomad.tools.git_codebase import GitCodebase, check_source
from muster.nomad.tools.git_url import shown_url


def _say_paths(files: Files) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(unit="folder:.", fact=NameFact(name=file.text.strip()), source="names", where=path, reason="test")
        for path, file in files.items()
    )


CODEBASE = GitCodebase(
    extractors=(Extractor(name="names", looks_for="names", globs=("NAME",), extract=_say_paths),),
    clone_bounds=Bounds(timeout_s=30),
)


def git(folder: Path, *arguments: str) -> None:
    options = [
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@t",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgsign=false",
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *options, *arguments], cwd=folder, check=True, capture_output=True, env=clean)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "my shop"
    folder.mkdir()
    (folder / "NAME").write_text("shop")
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    return folder


def names(source: str) -> list[str]:
    return [one.fact.name for one in CODEBASE.evidence(source) if isinstance(one.fact, NameFact)]


def test_a_folder_is_read_where_it_is(repository: Path) -> None:
    assert names(str(repository)) == ["shop"]
    assert CODEBASE.name(str(repository)) == "my shop"


def test_a_git_url_is_cloned(repository: Path) -> None:
    url = f"file://{repository}"
    assert names(url) == ["shop"]
    assert CODEBASE.name(url) == "my shop"


def test_a_clone_is_gone_afterwards(repository: Path) -> None:
    with cloned(f"file://{repository}", Bounds(timeout_s=30)) as root:
        assert (root / "NAME").read_text() == "shop"
    assert not root.parent.exists()


def test_no_hook_of_the_user_or_the_repository_runs(repository: Path, tmp_path: Path) -> None:
    hook = repository / ".git/hooks/post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    hook.chmod(0o755)
    assert names(f"file://{repository}") == ["shop"]
    assert not (tmp_path / "ran").exists()


def test_an_empty_folder_has_no_evidence(tmp_path: Path) -> None:
    assert CODEBASE.evidence(str(tmp_path)) == ()


def test_an_empty_repository_has_no_evidence(tmp_path: Path) -> None:
    git(tmp_path, "init", "--bare", "empty.git")
    assert CODEBASE.evidence(f"file://{tmp_path}/empty.git") == ()
    assert CODEBASE.name(f"file://{tmp_path}/empty.git") == "empty"


def test_a_bare_repository_is_told_from_an_empty_folder_and_its_url_is_named(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--bare", str(repository), "bare.git")
    with pytest.raises(SourceError, match="is a bare repository, without files") as caught:
        CODEBASE.evidence(str(tmp_path / "bare.git"))
    assert f"file://{tmp_path}/bare.git" in str(caught.value.advice)
    assert names(f"file://{tmp_path}/bare.git") == ["shop"]


def test_reading_changes_nothing(repository: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}
    CODEBASE.evidence(str(repository))
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("/no/such/folder", "there is no folder"),
        ("", "there is no folder"),
        ("a\0b", "there is no folder"),
        ("x" * 5000, "there is no folder"),
        ("--upload-pack=touch x", "looks like an option"),
        ("ext::sh -c touch% x", "no git URL that is safe"),
        ("ftp://host/x", "ftp:// are not cloned"),
        ("HTTPS://host/x", "HTTPS:// are not cloned"),  # git knows its helpers by small letters
        ("ssh://-oProxyCommand=touch/x", "no git URL that is safe"),
        ("https://host/a\nb", "no git URL that is safe"),
        ("https://", "no git URL that is safe"),
        ("file:///no/such/repository", "there is no such repository"),
    ],
)
def test_what_is_no_repository_is_refused_with_advice(source: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        CODEBASE.evidence(source)
    assert said in caught.value.message
    assert caught.value.advice


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("")
    with pytest.raises(SourceError, match="is a file, not a folder"):
        CODEBASE.evidence(str(tmp_path / "app.py"))


@contextmanager
def answering(status: int) -> Iterator[str]:
    """An HTTP server on loopback that answers every request with this status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "error"), [(401, AccessDeniedError), (403, AccessDeniedError), (404, SourceError)])
def test_a_servers_answer_is_told_apart(status: int, error: type[MusterError]) -> None:
    with answering(status) as host, pytest.raises(error) as caught:
        CODEBASE.evidence(f"http://{host}/owner/name.git")
    assert f"git clone http://{host}/owner/name.git" in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize(
    "url",
    [
        "http://joe:hunter2@127.0.0.1:1/owner/name.git",
        "https://hunter2hunter2@127.0.0.1:1/owner/name.git",
        "http://joe:hunter2 @127.0.0.1:1/x",
        "http://joe:hunter2/hunter2@127.0.0.1:1/x",
        "http://joe:hunter2#hunter2@127.0.0.1:1/x",
        "http://joe:1234@127.0.0.1:1/x",
        "ssh://joe:hunter2@127.0.0.1:1/x",
        "joe:hunter2@127.0.0.1:owner/name",
        "http://127.0.0.1:1/owner/name.git?access_token=hunter2",
    ],
)
def test_a_url_with_credentials_is_refused_before_anything_sees_it(url: str) -> None:
    with pytest.raises(SourceError, match="the URL holds credentials") as caught:
        check_source(url)
    assert "hunter2" not in str(caught.value)
    assert "joe" not in str(caught.value)
    with pytest.raises(SourceError, match="the URL holds credentials"):
        CODEBASE.evidence(url)


@pytest.mark.parametrize(
    "source",
    ["git@h:o/n.git", "ssh://git@h:22/o/n", "https://h:8443/o/n@v1", "https://h/o/n.git", "/a/path", "host:path"],
)
def test_what_holds_no_credentials_is_not_refused(source: str) -> None:
    check_source(source)


def test_a_folder_is_never_taken_for_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:b@c").mkdir()
    assert CODEBASE.evidence("a:b@c") == ()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_server_that_refuses_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        CODEBASE.evidence(f"http://127.0.0.1:{_free_port()}/x.git")


def test_a_server_that_never_answers_runs_into_the_time_out() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/x.git"
        with pytest.raises(ServiceTimeoutError, match="did not end within"):
            GitCodebase(clone_bounds=Bounds(timeout_s=0.3)).evidence(url)


@pytest.mark.parametrize(
    ("stderr", "error"),
    [
        (
            "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            AccessDeniedError,
        ),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", AccessDeniedError),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", AccessDeniedError),
        ("remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://x/'", AccessDeniedError),
        ("ERROR: Repository not found.\nfatal: Could not read from remote repository.", SourceError),
        ("fatal: unable to access 'https://h/x/': Could not resolve host: h", UnreachableError),
        ("ssh: connect to host h port 22: Connection timed out", UnreachableError),
        ("fatal: unable to access 'https://h/x/': SSL certificate problem: self signed certificate", TlsError),
        ("env: 'git': No such file or directory", SourceError),
        ("fatal: repository 'https://h/tls/ssl/' not found", SourceError),
        ("fatal: unable to access 'https://h/x/': The requested URL returned error: 503", ServiceFailureError),
        ("fatal: unable to access 'https://h/x/': Empty reply from server", ServiceFailureError),
        ("fatal: something new", SourceError),
    ],
)
def test_what_git_says_is_understood(stderr: str, error: type[MusterError]) -> None:
    assert type(clone_error("https://h/tls/ssl/", stderr)) is error


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@h/x.git", "https://h/x.git"),
        ("https://token@h/x", "https://h/x"),
        ("git@github.com:o/n.git", "git@github.com:o/n.git"),
    ],
)
def test_a_url_is_shown_without_its_user(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/o/shop.git", "shop"),
        ("git@github.com:o/shop.git", "shop"),
        ("https://h/o/shop/", "shop"),
        ("file:///srv/shop/.git", "shop"),
        ("https://h/o/my%20shop", "my shop"),
    ],
)
def test_a_repository_is_called_by_the_last_part_of_its_url(url: str, name: str) -> None:
    assert CODEBASE.name(url) == name


def test_one_file_is_read_with_its_own_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a.nomad").write_bytes(b"job\r\n")
    assert GitCodebase().text(str(tmp_path), "a.nomad") == "job\r\n"


@pytest.mark.parametrize("path", ["gone.nomad", "../outside.nomad", "binary.nomad"])
def test_a_file_that_is_gone_or_outside_or_no_text_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.nomad").write_text("job")
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "binary.nomad").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match=path.rpartition("/")[2]):
        GitCodebase().text(str(folder), path)
