"""Trees that nobody would write on purpose: huge, deep, oddly named, oddly encoded, changing while they are read."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.nomad.domain.extractors.extractor import Extractor
from muster.nomad.domain.extractors.registry import EXTRACTORS
from muster.nomad.domain.facts import ProblemFact
from muster.nomad.tools.git_codebase import GitCodebase
from muster.nomad.tools.repository_tree import Tree, read_tree
from nomad.tools.repositories import commit, git

READER = Extractor(
    name="reader", looks_for="text", globs=("Dockerfile", "*.txt", "*.py"), extract=lambda files: (), max_files=50
)
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def problems(tree: Tree) -> list[str]:
    return [one.fact.problem for one in tree.problems if isinstance(one.fact, ProblemFact)]


def test_a_tree_beyond_all_bounds_is_read_up_to_the_bound(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        for name in range(50):
            (folder / f"{name}.bin").touch()
    (tmp_path / "Dockerfile").write_text("FROM x")
    tree = read_tree(tmp_path, (READER,), max_entries=1000)
    assert list(tree.files) == ["Dockerfile"]
    assert problems(tree) == ["only the first 1000 files and folders are looked at"]


def test_a_gigabyte_costs_its_first_bytes_only(tmp_path: Path) -> None:
    with (tmp_path / "Dockerfile").open("wb") as stream:
        stream.truncate(2**30)
    tree = read_tree(tmp_path, (READER,))
    assert tree.files == {}
    assert problems(tree) == ["Dockerfile is left out: it is larger than 512 KiB"]


def test_of_ten_thousand_dockerfiles_those_nearest_to_the_root_are_read(tmp_path: Path) -> None:
    for number in range(1000):
        (tmp_path / f"d{number}").mkdir()
        (tmp_path / f"d{number}/Dockerfile").write_text("FROM x\nEXPOSE 80\n")
    (tmp_path / "Dockerfile").write_text("FROM x\nEXPOSE 80\n")
    tree = read_tree(tmp_path, EXTRACTORS)
    assert "Dockerfile" in tree.files
    assert len(tree.files) == 600
    assert any("more files for the dockerfile extractor are not read" in text for text in problems(tree))


def test_what_is_read_for_one_extractor_is_bounded_whatever_the_number_of_files(tmp_path: Path) -> None:
    greedy = Extractor("greedy", "text", ("*.txt",), lambda files: (), max_bytes=2**24, max_files=50)
    for number in range(4):
        (tmp_path / f"{number}.txt").write_bytes(b"x" * (2**24))
    tree = read_tree(tmp_path, (greedy,))
    assert list(tree.files) == ["0.txt", "1.txt"]
    assert problems(tree) == [
        "2 more files for the greedy extractor are not read: it reads 32 MiB, the nearest to the root first"
    ]


def test_a_folder_whose_path_is_too_long_is_told(tmp_path: Path) -> None:
    start, name = os.open(tmp_path, os.O_RDONLY), "d" * 200
    here = start
    for _ in range(30):
        os.mkdir(name, dir_fd=here)
        here = os.open(name, os.O_RDONLY, dir_fd=here)
    os.close(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    tree = read_tree(tmp_path, (READER,))
    assert tree.files == {}
    (told,) = problems(tree)
    assert told.endswith("can't be listed (File name too long)")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("FROM x\r\nEXPOSE 80\r".encode("utf-16-le"), None),
        (b"\xff\xfe" + "FROM x\r\nEXPOSE 80\r".encode("utf-16-le"), "FROM x\nEXPOSE 80\n"),
        (b"\xfe\xff" + "FROM x\n".encode("utf-16-be"), "FROM x\n"),
        (b"\xff\xfeF\0R", "F\ufffd"),
        (b"\xff\xfeF\0R\0X", "FR\ufffd"),
        ("LABEL a=grün\n".encode("latin-1"), "LABEL a=gr\ufffdn\n"),
        (b"a\rb\r\nc\n\rd", "a\nb\nc\n\nd"),
        (b"FROM x\n\0\0\n", None),
        (b"", ""),
    ],
)
def test_odd_encodings_are_read_or_left_out(tmp_path: Path, raw: bytes, text: str | None) -> None:
    (tmp_path / "Dockerfile").write_bytes(raw)
    tree = read_tree(tmp_path, (READER,))
    assert [file.text for file in tree.files.values()] == ([] if text is None else [text])
    assert problems(tree) == (["Dockerfile is left out: it is binary"] if text is None else [])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb.txt", "a\ufffdb.txt"),
        (b"a\x1b[31m.txt", "a\ufffd[31m.txt"),
        (b"\xff\xfe.txt", "\ufffd\ufffd.txt"),
        ("a\u202etxt.exe.txt".encode(), "a\ufffdtxt.exe.txt"),
        ("\u200b.txt".encode(), "\ufffd.txt"),
        (b"--help.txt", "--help.txt"),
        (b"-rf.txt", "-rf.txt"),
        (b"$(touch x).txt", "$(touch x).txt"),
        ("日本 ü.txt".encode(), "日本 ü.txt"),
        (b" .txt", " .txt"),
    ],
)
def test_odd_names_are_read_and_shown_harmlessly(tmp_path: Path, name: bytes, shown: str) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    assert list(read_tree(tmp_path, (READER,)).files) == [shown]


def test_of_two_names_that_look_the_same_one_is_read(tmp_path: Path) -> None:
    for folder in (b"\xfe", b"\xff"):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + folder))
        path.mkdir()
        (path / "Dockerfile").write_text("FROM x")
    tree = read_tree(tmp_path, (READER,))
    assert list(tree.files) == ["\ufffd/Dockerfile"]
    assert problems(tree) == ["\ufffd/Dockerfile is left out: the name of another file looks the same"]


def test_names_that_differ_in_case_only_are_two_files(tmp_path: Path) -> None:
    for name in ("a.txt", "A.txt"):
        (tmp_path / name).write_text(name)
    assert {path: file.text for path, file in read_tree(tmp_path, (READER,)).files.items()} == {
        "A.txt": "A.txt",
        "a.txt": "a.txt",
    }


def test_a_socket_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("Dockerfile")
        assert problems(read_tree(tmp_path, (READER,))) == ["Dockerfile is left out: it is no ordinary file"]


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Path]:
    """A tree whose files and folders come, go and change their kind all the time."""
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            file = tmp_path / f"d{number % 7}/a.txt"
            file.parent.mkdir(exist_ok=True)
            file.write_text("x" * number)
            file.unlink()
            os.mkfifo(file)
            file.unlink()
            file.symlink_to("b.txt")
            file.unlink()
            file.parent.rmdir()

    thread = threading.Thread(target=change)
    thread.start()
    yield tmp_path
    stop.set()
    thread.join()


def test_a_tree_that_changes_while_it_is_read_breaks_nothing(changing: Path) -> None:
    (changing / "Dockerfile").write_text("FROM x")
    for _ in range(300):
        assert "Dockerfile" in read_tree(changing, (READER,)).files


def test_an_lfs_pointer_is_told_and_is_no_content(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"m{number}.txt").write_text(POINTER)
    (tmp_path / "real.txt").write_text("version https://git-lfs.github.com/")
    tree = read_tree(tmp_path, (READER,))
    assert list(tree.files) == ["real.txt"]
    (told,) = problems(tree)
    assert told.startswith("7 files are pointers of Git LFS and not read: m0.txt, m1.txt, m2.txt, m3.txt, m4.txt and 2")


def test_a_submodule_that_is_not_checked_out_is_told(tmp_path: Path) -> None:
    library = commit(tmp_path / "library", a__txt="library")
    root = commit(tmp_path / "root", b__txt="root")
    git(root, "submodule", "add", str(library), "libs/one")
    git(root, "submodule", "add", str(library), "vendor/two")
    git(root, "commit", "-m", "submodules")
    assert list(read_tree(root, (READER,)).files) == ["b.txt", "libs/one/a.txt"]
    assert problems(read_tree(root, (READER,))) == []

    git(root, "submodule", "deinit", "--all", "--force")
    assert [text.partition(":")[0] for text in problems(read_tree(root, (READER,)))] == [
        "the submodule libs/one is not checked out and not read"
    ]
    told = [one.where for one in GitCodebase(extractors=(READER,)).evidence(f"file://{root}")]
    assert told == [".gitmodules"]


@pytest.mark.parametrize("path", ["../out", "/etc", "", "a\0b", "x" * 5000, "a/../../b"])
def test_a_submodule_with_a_senseless_path_is_passed_over(tmp_path: Path, path: str) -> None:
    (tmp_path / ".gitmodules").write_text(f'[submodule "x"]\n\tpath = {path}\n')
    assert problems(read_tree(tmp_path, (READER,))) == []


def test_a_sparse_checkout_is_told_also_in_a_worktree(tmp_path: Path) -> None:
    root = commit(tmp_path / "root", **{"a--x__txt": "a", "b--x__txt": "b"})
    git(root, "worktree", "add", "../tree")
    assert list(read_tree(tmp_path / "tree", (READER,)).files) == ["a/x.txt", "b/x.txt"]
    for folder in (root, tmp_path / "tree"):
        git(folder, "sparse-checkout", "set", "a")
        tree = read_tree(folder, (READER,))
        assert list(tree.files) == ["a/x.txt"]
        assert problems(tree) == [
            "a sparse checkout: what it leaves out is not read; `git sparse-checkout disable` brings it back"
        ]
        git(folder, "sparse-checkout", "disable")
        assert problems(read_tree(folder, (READER,))) == []


def test_a_shallow_clone_is_read_as_any_other(tmp_path: Path) -> None:
    root = commit(tmp_path / "root", a__txt="a")
    commit(root, b__txt="b")
    git(tmp_path, "clone", "--depth", "1", f"file://{root}", "shallow")
    tree = read_tree(tmp_path / "shallow", (READER,))
    assert (list(tree.files), problems(tree)) == (["a.txt", "b.txt"], [])
