import os
from pathlib import Path

import pytest

from muster.nomad.domain.extractors.extractor import Extractor
from muster.nomad.domain.facts import ProblemFact
from muster.nomad.tools.repository_tree import Tree, read_tree

READER = Extractor(
    name="reader",
    looks_for="text",
    globs=("Dockerfile", "*.txt"),
    extract=lambda files: (),
    max_bytes=1000,
    max_files=50,
)


def write(root: Path, *paths: str, text: str = "hello") -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def read(root: Path) -> list[str]:
    return list(read_tree(root, (READER,)).files)


def problems(tree: Tree) -> list[str]:
    return [one.fact.problem for one in tree.problems if isinstance(one.fact, ProblemFact)]


def test_only_files_that_a_glob_asks_for_are_read(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.md", "sub/Dockerfile", "sub/Dockerfile.old")
    assert read(tmp_path) == ["a.txt", "sub/Dockerfile"]


def test_folders_nearest_to_the_root_come_first(tmp_path: Path) -> None:
    write(tmp_path, "a/b/c.txt", "z.txt", "m/n.txt")
    assert read(tmp_path) == ["z.txt", "m/n.txt", "a/b/c.txt"]


@pytest.mark.parametrize("folder", [".git", "node_modules", "vendor", ".venv", "__pycache__", "dist"])
def test_dependencies_and_build_output_are_skipped(tmp_path: Path, folder: str) -> None:
    write(tmp_path, f"{folder}/a.txt", f"sub/{folder}/a.txt", "kept.txt")
    assert read(tmp_path) == ["kept.txt"]


def test_a_virtual_environment_is_known_by_its_mark(tmp_path: Path) -> None:
    write(tmp_path, "myenv/pyvenv.cfg", "myenv/lib/a.txt", "kept.txt")
    assert read(tmp_path) == ["kept.txt"]


def test_gitignore_is_honoured(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="*.txt\n!keep.txt\nout/\n/only-root\n")
    write(tmp_path, "a.txt", "keep.txt", "out/keep.txt", "only-root/keep.txt", "sub/only-root/keep.txt")
    assert read(tmp_path) == ["keep.txt", "sub/only-root/keep.txt"]


def test_a_nested_gitignore_rules_its_own_folder_only_and_beats_the_outer_one(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="secret.txt\n")
    write(tmp_path, "sub/.gitignore", text="a.txt\n!secret.txt\n")
    write(tmp_path, "a.txt", "secret.txt", "sub/a.txt", "sub/secret.txt", "sub/deep/a.txt")
    assert read(tmp_path) == ["a.txt", "sub/secret.txt"]


def test_patterns_that_make_no_sense_or_cost_too_much_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ".gitignore", text="[z-a]\n" + "*a" * 30 + "b\nfoo\\\nb.txt\n")
    write(tmp_path, "a" * 200 + ".txt", "b.txt")
    assert read(tmp_path) == ["a" * 200 + ".txt"]


def test_a_link_that_leaves_the_tree_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "outside.txt", "repo/in.txt")
    (tmp_path / "repo/out.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "repo/up").symlink_to(tmp_path)
    (tmp_path / "repo/gone.txt").symlink_to("nothing")
    assert read(tmp_path / "repo") == ["in.txt"]


def test_a_link_to_a_file_inside_is_read_under_its_own_name(tmp_path: Path) -> None:
    write(tmp_path, "docker/prod.image")
    (tmp_path / "Dockerfile").symlink_to("docker/prod.image")
    assert read(tmp_path) == ["Dockerfile"]


def test_a_link_into_a_skipped_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, ".git/config")
    (tmp_path / "Dockerfile").symlink_to(".git/config")
    assert read(tmp_path) == []


def test_loops_of_links_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/again").symlink_to(tmp_path)
    assert read(tmp_path) == []


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Dockerfile")
    assert read(tmp_path) == []


@pytest.mark.parametrize(("content", "why"), [(b"\x7fELF\0\0", "binary"), (b"x" * 2000, "larger than")])
def test_a_file_asked_for_by_its_name_and_not_read_is_told(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "Dockerfile").write_bytes(content)
    (tmp_path / "any.txt").write_bytes(content)
    tree = read_tree(tmp_path, (READER,))
    assert tree.files == {}
    (told,) = problems(tree)
    assert told.startswith("Dockerfile is left out")
    assert why in told


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("Dockerfile", "a link that leads nowhere, or round in a circle"),
        ("nothing", "a link that leads nowhere, or round in a circle"),
        ("../outside", "a link that leads out of the repository"),
        ("/dev/zero", "a link that leads out of the repository"),
        (".git/config", "a link to something that is not read"),
    ],
)
def test_a_link_asked_for_by_its_name_and_not_followed_is_told(tmp_path: Path, target: str, why: str) -> None:
    write(tmp_path, "outside", "repo/.git/config")
    (tmp_path / "repo/Dockerfile").symlink_to(target)
    assert problems(read_tree(tmp_path / "repo", (READER,))) == [f"Dockerfile is left out: it is {why}"]


def test_a_pipe_asked_for_by_its_name_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Dockerfile")
    assert problems(read_tree(tmp_path, (READER,))) == ["Dockerfile is left out: it is no ordinary file"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides_the_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("grüße\r\nnext".encode(encoding))
    assert read_tree(tmp_path, (READER,)).files["a.txt"].lines == ("grüße", "next")


def test_bytes_of_another_encoding_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("grün".encode("latin-1"))
    assert read_tree(tmp_path, (READER,)).files["a.txt"].text == "gr�n"


def test_odd_names_are_made_printable(tmp_path: Path) -> None:
    write(tmp_path, "with space.txt", "new\nline.txt")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("x")
    assert read(tmp_path) == ["bad�.txt", "new�line.txt", "with space.txt"]


def test_files_over_an_extractors_limit_are_counted_and_told(tmp_path: Path) -> None:
    write(tmp_path, *(f"d{number}/a.txt" for number in range(60)), "root.txt")
    tree = read_tree(tmp_path, (READER,))
    assert len(tree.files) == 50
    assert "root.txt" in tree.files
    assert problems(tree) == [
        "11 more files for the reader extractor are not read: it reads the 50 nearest to the root"
    ]


def test_the_walk_is_bounded(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", *(f"d/{number}.txt" for number in range(30)))
    tree = read_tree(tmp_path, (READER,), max_entries=20)
    assert (len(tree.files), "a.txt" in tree.files) == (19, True)
    assert problems(tree) == ["only the first 20 files and folders are looked at"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "closed/b.txt")
    (tmp_path / "closed").chmod(0)
    tree = read_tree(tmp_path, (READER,))
    (tmp_path / "closed").chmod(0o700)
    assert list(tree.files) == ["a.txt"]
    assert problems(tree) == ["the folder closed can't be listed (Permission denied)"]


def test_a_deep_tree_is_walked_without_recursion(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(400):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("x")
    assert len(read(tmp_path)) == 1
