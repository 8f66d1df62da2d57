"""Clones of real repositories: refs and folders, what is never run, what hosts say, bounds."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from muster.core.errors import (
    AccessDeniedError,
    MusterError,
    ServiceFailureError,
    SourceError,
    TlsError,
    UnreachableError,
)
from muster.nomad.tools.git_clone import Bounds, clone_error, cloned
from muster.nomad.tools.git_url import GitUrl, name_of_url, parse_git_url
from nomad.tools.repositories import commit, git

BOUNDS = Bounds(timeout_s=30)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with a tag, two branches and a folder."""
    folder = commit(tmp_path / "shop", NAME="first")
    git(folder, "tag", "v1")
    git(folder, "branch", "feature/x")
    return commit(folder, **{"NAME": "second", "services--api--NAME": "api"})


def name_in(url: str) -> str:
    with cloned(url, BOUNDS) as root:
        return (root / "NAME").read_text()


@pytest.mark.parametrize(
    ("fragment", "name"),
    [
        ("", "second"),
        ("#v1", "first"),
        ("#feature/x", "first"),
        ("#main:services/api", "api"),
        ("#:services/api", "api"),
    ],
)
def test_a_url_may_name_a_branch_a_tag_and_a_folder(shop: Path, fragment: str, name: str) -> None:
    assert name_in(f"file://{shop}{fragment}") == name


def test_a_url_may_name_a_whole_commit_hash(shop: Path) -> None:
    assert name_in(f"file://{shop}#{git(shop, 'rev-parse', 'v1')}") == "first"


@pytest.mark.parametrize(
    ("fragment", "why"),
    [
        ("#nope", "there is no such branch, tag or commit"),
        ("#" + "0" * 40, "there is no such branch, tag or commit"),
        ("#--upload-pack=touch", "is no branch, tag or commit"),
        ("#a..b", "is no branch, tag or commit"),
        ("#main:nope", "there is no folder 'nope'"),
        ("#main:../..", "there is no folder '../..'"),
        ("#main:services/api/NAME", "there is no folder"),
        ("#main:out", "there is no folder 'out'"),
    ],
)
def test_what_a_url_names_and_is_not_there_is_told(shop: Path, fragment: str, why: str) -> None:
    (shop / "out").symlink_to("/")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "out")
    with pytest.raises(SourceError, match=why) as caught:
        name_in(f"file://{shop}{fragment}")
    assert caught.value.advice


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("https://h/o/n.git#main:a/b/", GitUrl("https://h/o/n.git", "main", "a/b")),
        ("git@h:o/n#v1", GitUrl("git@h:o/n", "v1")),
        ("https://h/o/n@v1", GitUrl("https://h/o/n@v1")),
    ],
)
def test_the_parts_of_a_url(source: str, parts: GitUrl) -> None:
    assert parse_git_url(source) == parts


def test_a_folder_gives_its_name() -> None:
    assert name_of_url("https://h/o/shop.git#main:services/api") == "api"
    assert name_of_url("https://h/o/shop.git#main") == "shop"


def test_only_the_newest_commit_is_brought(shop: Path) -> None:
    with cloned(f"file://{shop}", BOUNDS) as root:
        assert git(root, "rev-list", "--count", "HEAD") == "1"


def test_no_filter_of_the_user_runs_because_a_repository_asks_for_it(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[filter "evil"]\n\tsmudge = touch "{tmp_path}/ran"\n\trequired = true\n')
    commit(shop, __gitattributes="* filter=evil ident\n")
    monkeypatch.setenv("HOME", str(home))
    assert name_in(f"file://{shop}") == "second"
    assert not (tmp_path / "ran").exists()


def test_a_clone_inside_a_git_hook_leaves_that_repository_alone(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = git(shop, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_DIR", str(shop / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(shop))
    assert name_in(f"file://{shop}#v1") == "first"
    monkeypatch.undo()
    assert (git(shop, "rev-parse", "HEAD"), git(shop, "status", "--short")) == (head, "")


def test_a_clone_that_is_too_large_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = commit(tmp_path / "large", a="x")
    (folder / "blob").write_bytes(os.urandom(2**20))
    git(folder, "add", ".")
    git(folder, "commit", "-m", "large")
    half = tmp_path / "half.py"  # half of it comes, then nothing for a while
    half.write_text(
        "import os, time\nleft = 600_000\nwhile left > 0:\n    part = os.read(0, left)\n    os.write(1, part)\n"
        "    left -= len(part)\ntime.sleep(60)\n"
    )
    ssh = tmp_path / "ssh"
    ssh.write_text(f"#!/bin/sh\ngit-upload-pack '{folder}' | '{sys.executable}' '{half}'\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    with (
        pytest.raises(SourceError, match="it is larger than"),
        cloned("git@h:o/large.git", Bounds(timeout_s=20, max_bytes=100_000)),
    ):
        pytest.fail("it was cloned")


def ssh_that(tmp_path: Path, says: str, *, code: int = 255) -> str:
    """A command for GIT_SSH_COMMAND that says this and ends."""
    script = tmp_path / "ssh"
    script.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{says}\nEND\nexit {code}\n")
    script.chmod(0o755)
    return str(script)


GIT_ADDS = (
    "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n"
    "and the repository exists."
)


@pytest.mark.parametrize(
    ("says", "error", "meaning"),
    [
        (
            "No ED25519 host key is known for github.com and you have requested strict checking.\n"
            "Host key verification failed.",
            AccessDeniedError,
            "the host's SSH key is not known",
        ),
        (
            "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
            AccessDeniedError,
            "the host's SSH key is not the one that is known",
        ),
        ("git@github.com: Permission denied (publickey).", AccessDeniedError, "the host takes none of your SSH keys"),
        (
            "git@gitlab.com: Permission denied (publickey,keyboard-interactive).",
            AccessDeniedError,
            "the host takes none of your SSH keys",
        ),
        ("ERROR: Repository not found.", SourceError, "there is no such repository, or your account may not see it"),
        (
            "remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.",
            SourceError,
            "there is no such repository, or your account may not see it",
        ),
        ("ssh: Could not resolve hostname h: Name or service not known", UnreachableError, "host name is not known"),
        ("ssh: connect to host h port 22: Connection timed out", UnreachableError, "the server does not answer"),
        ("ssh: connect to host h port 22: Connection refused", UnreachableError, "the server can't be reached"),
    ],
)
def test_what_ssh_says_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, error: type[MusterError], meaning: str
) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", ssh_that(tmp_path, says))
    with pytest.raises(error) as caught:
        name_in("git@h:owner/name.git")
    assert f"git clone git@h:owner/name.git: {meaning}" in caught.value.message.replace("the host name", "host name")
    assert caught.value.advice


def test_ssh_has_nobody_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "ssh"
    script.write_text(f'#!/bin/sh\n(cat </dev/tty; env | grep ASKPASS) >"{tmp_path}/asked" 2>&1\nexit 255\n')
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    with pytest.raises(SourceError):
        name_in("git@h:owner/name.git")
    asked = (tmp_path / "asked").read_text()
    assert "/dev/tty" in asked
    assert asked.strip().endswith("SSH_ASKPASS_REQUIRE=never")


@pytest.mark.parametrize(
    ("says", "error", "meaning"),
    [
        (
            "remote: Support for password authentication was removed on August 13, 2021.\n"
            "fatal: Authentication failed for 'https://github.com/o/n.git/'",
            AccessDeniedError,
            "the server does not take the credentials",
        ),
        (
            "remote: HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA "
            "enabled\nfatal: Authentication failed for 'https://gitlab.com/o/n.git/'",
            AccessDeniedError,
            "the server does not take the credentials",
        ),
        (
            "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
            AccessDeniedError,
            "it is private, or does not exist",
        ),
        (
            "remote: Write access to repository not granted.\n"
            "fatal: unable to access 'https://github.com/o/n/': The requested URL returned error: 403",
            AccessDeniedError,
            "you may not read it",
        ),
        (
            "remote: Repository not found.\nfatal: repository 'https://github.com/o/n.git/' not found",
            SourceError,
            "there is no such repository, or your account may not see it",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': Received HTTP code 407 from proxy after CONNECT",
            AccessDeniedError,
            "the proxy wants a login",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': CONNECT tunnel failed, response 407",
            AccessDeniedError,
            "the proxy wants a login",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': Received HTTP code 503 from proxy after CONNECT",
            UnreachableError,
            "the proxy can't be reached",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': Could not resolve proxy: proxy.corp",
            UnreachableError,
            "the proxy can't be reached",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': Could not resolve host: ssl.example.com",
            UnreachableError,
            "the host name is not known",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': Failed to connect to tls.example.com port 443 after 21 ms: "
            "Connection refused",
            UnreachableError,
            "the server can't be reached",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': SSL certificate problem: unable to get local issuer certificate",
            TlsError,
            "the server's certificate is not trusted",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': server certificate verification failed. CAfile: none CRLfile: none",
            TlsError,
            "the server's certificate is not trusted",
        ),
        (
            "fatal: unable to access 'https://h/o/n/': The requested URL returned error: 502",
            ServiceFailureError,
            "the server failed",
        ),
        (
            "fatal: detected dubious ownership in repository at '/srv/n'\n",
            AccessDeniedError,
            "the repository belongs to another user",
        ),
        ("fatal: write error: No space left on device", SourceError, "there is no room for the clone"),
    ],
)
def test_what_git_says_over_https_is_told_apart(says: str, error: type[MusterError], meaning: str) -> None:
    found = clone_error("https://h/o/n", says)
    assert type(found) is error
    assert f"git clone https://h/o/n: {meaning}" in found.message


def test_a_clone_is_gone_after_sigterm(shop: Path, tmp_path: Path) -> None:
    ssh = tmp_path / "slow-ssh"
    ssh.write_text(f"#!/bin/sh\ntouch '{tmp_path}/begun'\nexec sleep 60\n")
    ssh.chmod(0o755)
    folder = tmp_path / "tmp"
    folder.mkdir()
    process = subprocess.Popen(
        [Path(sys.executable).parent / "nomad-spec", "analyze", "git@h:o/n.git"],
        env=os.environ | {"TMPDIR": str(folder), "GIT_SSH_COMMAND": str(ssh)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(folder.iterdir())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 130
    assert list(folder.iterdir()) == []
