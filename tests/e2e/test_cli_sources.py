"""Odd and hostile repositories, through the command line: a clear word, the right exit code, nothing written into them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from e2e.calling import DOCKERFILE, Shell, listing, write

pytestmark = pytest.mark.e2e

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)
WEB = "services:\n  web:\n    image: nginx:1\n    ports: ['80']\n"


def linked(target: str) -> Callable[[Path], object]:
    return lambda folder: (write(folder) / "Dockerfile").symlink_to(target)


def files(**content: str | bytes) -> Callable[[Path], object]:
    return lambda folder: write(folder, **content)


def loop(folder: Path) -> None:
    write(folder, Dockerfile=DOCKERFILE)
    (folder / "self").symlink_to(".")
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")


def odd_names(folder: Path) -> None:
    write(folder, Dockerfile=DOCKERFILE)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.py")).write_text("import flask")
    write(folder / "new\nline", Dockerfile=DOCKERFILE)


def pipe(folder: Path) -> None:
    os.mkfifo(write(folder) / "Dockerfile")


GOOD: dict[str, Callable[[Path], object]] = {
    "links in a circle": loop,
    "odd names": odd_names,
    "bytes that are no UTF-8": files(Dockerfile=b"FROM python\nENV X=\xff\xfe\nEXPOSE 80\n"),
    "byte order mark and CRLF": files(Dockerfile=b"\xef\xbb\xbf" + DOCKERFILE.replace("\n", "\r\n").encode()),
    "UTF-16": files(Dockerfile=DOCKERFILE.encode("utf-16")),
    "a Dockerfile without CMD": files(Dockerfile="FROM python\n"),
    "nothing but FROM scratch": files(Dockerfile="FROM scratch\n"),
    "stages in a circle": files(Dockerfile="FROM b AS a\nFROM a AS b\n"),
    "tags that YAML does not know": files(compose__yaml=WEB + "    build: !!python/object/apply:os.system [x]\n"),
    "keys that stand twice": files(compose__yaml=WEB + "    image: nginx:2\n"),
    "a service with neither image nor build": files(compose__yaml="services:\n  web:\n    ports: ['80']\n"),
    "numbers beyond all bounds": files(
        compose__yaml=WEB + "    deploy: {replicas: 9e99, resources: {limits: {cpus: .inf, memory: 99999999999999g}}}\n"
    ),
    "values of the wrong type": files(
        compose__yaml=WEB + "    environment: 3\n    volumes: hello\n    depends_on: 7\n    healthcheck: true\n"
    ),
    "a YAML bomb": files(compose__yaml=BOMB + WEB + "    environment: *j\n"),
    "control characters": files(compose__yaml=WEB + '    environment: {A: "\\e]0;title\\a"}\n'),
}

BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (write, "nothing here that could become a job"),
    "a binary": (files(Dockerfile=b"\x7fELF\0\0"), "Dockerfile is left out: it is binary"),
    "too long": (files(Dockerfile=b"FROM x\n" + b"RUN echo hello\n" * 30_000), "left out: it is larger than"),
    "a link to itself": (linked("Dockerfile"), "a link that leads nowhere, or round in a circle"),
    "a link out of the tree": (linked("/etc/passwd"), "a link that leads out of the repository"),
    "a link to a device": (linked("/dev/zero"), "a link that leads out of the repository"),
    "a pipe": (pipe, "Dockerfile is left out: it is no ordinary file"),
    "an empty Dockerfile": (files(Dockerfile=""), "no Dockerfile that can be built"),
    "no FROM": (files(Dockerfile="RUN x\n"), "it has no FROM"),
    "no instructions": (files(Dockerfile=bytes(range(1, 256)) * 9), "is no instruction"),
    "no services": (files(compose__yaml="version: '3'\n"), "nothing here that could become a job"),
    "services that are a list": (files(compose__yaml="services: [web]\n"), "`services` is no mapping"),
    "no mapping": (files(compose__yaml="- a\n"), "it holds no mapping"),
    "nested without end": (files(compose__yaml="services: " + "[" * 50_000), "nested deeper than"),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_odd_repository_gives_a_job_and_stays_as_it_is(shell: Shell, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "my app ünï 日本"
    GOOD[name](folder)
    before = listing(folder)
    said = shell("generate", str(folder), "--no-questions")
    assert (said.code, 'job "my-app-' in said.out) == (0, True), said.err
    assert shell.last_run().status == "finished"
    assert listing(folder) == before


@pytest.mark.parametrize("name", BAD)
def test_a_repository_of_which_nothing_can_be_made_says_why(shell: Shell, tmp_path: Path, name: str) -> None:
    build, why = BAD[name]
    folder = tmp_path / "repo"
    build(folder)
    before = listing(folder)
    for said in (shell("generate", str(folder), "--no-questions"), shell("analyze", str(folder))):
        assert (said.code, said.out) == (2, "")
        assert why in said.err
        assert "Looked for:" in said.err
    assert shell.last_run().status == "failed"
    assert shell.runs()[-1].report.is_file()
    assert listing(folder) == before


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("nope", "there is no folder 'nope'"),
        ("", "there is no folder ''"),
        ("x" * 5000, "there is no folder"),
        ("circle", "there is no folder 'circle'"),
        ("file", "is a file, not a folder"),
        ("~/nope", "there is no folder '~/nope'"),
        ("github.com/owner/name", "there is no folder"),
        ("ftp://host/x", "ftp:// are not cloned"),
        ("ext::sh -c true", "no git URL that is safe to clone"),
    ],
)
def test_what_is_no_repository_is_wrong_use(shell: Shell, tmp_path: Path, source: str, why: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "circle").symlink_to("circle")
    for said in (shell("generate", source, "--no-questions"), shell("analyze", source)):
        assert (said.code, said.out) == (2, "")
        assert why in said.err


def test_a_path_of_odd_bytes_is_refused_because_no_run_could_remember_it(shell: Shell, tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    write(Path(folder), Dockerfile=DOCKERFILE)
    said = shell("generate", folder, "--no-questions")
    assert said.code == 2
    assert "no UTF-8" in said.err
    assert shell.runs() == ()
    assert shell("analyze", folder).code == 0


def test_the_folder_that_one_works_in_is_a_repository_too(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=DOCKERFILE)
    assert shell("generate", ".", "--no-questions", "-o", "job.hcl").code == 0
    assert "8000" in Path("job.hcl").read_text()
