"""No command ever writes into the repository: a snapshot before and after, and a tree that nobody can write to."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.nomad.agent import load
from muster.nomad.embedded.launch import stop_cluster
from nomad.tools.repositories import commit, git

pytestmark = pytest.mark.e2e

EXAMPLE = Path(__file__).parents[2] / "examples" / "nomad" / "flask-api"
NOMAD_SPEC = Path(sys.executable).parent / "nomad-spec"
COMMANDS = {
    "analyze": ("analyze", "."),
    "analyze as JSON": ("analyze", ".", "--json"),
    "generate": ("generate", ".", "--no-questions"),
    "plan": ("plan", ".", "--embedded", "--no-questions"),
    "deploy": ("deploy", ".", "--embedded", "--images", "images.yaml", "--no-questions"),
}


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Path]:
    """A git repository of an example; the cluster is stopped at the end."""
    folder = tmp_path / "shop"
    shutil.copytree(EXAMPLE, folder)
    commit(folder, **{"src--notes__py": "import os\n"})
    (folder / "link").symlink_to("src")
    yield folder
    stop_cluster(load().muster_home / "embedded")


def snapshot(root: Path) -> dict[str, tuple[object, ...]]:
    """Names, kinds, modes, owners, sizes, times of change and contents of everything below; reading changes none."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted([root, *root.rglob("*")]):
        entry = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        found[str(path)] = (
            *(entry.st_ino, entry.st_mode, entry.st_nlink, entry.st_uid, entry.st_size),
            *(entry.st_mtime_ns, entry.st_ctime_ns, content),
        )
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_leaves_the_repository_as_it_is(repository: Path, command: str) -> None:
    before = snapshot(repository)
    done = subprocess.run([NOMAD_SPEC, *COMMANDS[command]], cwd=repository, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert snapshot(repository) == before
    assert git(repository, "status", "--short") == "?? link"


def read_only(folder: Path, *command: str) -> list[str]:
    """A command line that runs the command while nobody, root neither, can write to the folder."""
    mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"'
    return ["unshare", "-m", "sh", "-c", mount, str(folder), *command]


def _may_mount(folder: Path) -> bool:
    try:
        return subprocess.run(read_only(folder, "true"), capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("command", COMMANDS)
def test_a_repository_on_a_read_only_disk_is_good_enough(repository: Path, command: str) -> None:
    if not _may_mount(repository):
        pytest.skip("mounting read-only needs root and unshare")
    assert subprocess.run(read_only(repository, "touch", "x"), capture_output=True).returncode != 0
    done = subprocess.run(read_only(repository, str(NOMAD_SPEC), *COMMANDS[command]), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_repository_without_the_right_to_write_is_good_enough(repository: Path) -> None:
    folders = [repository, *(path for path in repository.rglob("*") if path.is_dir() and not path.is_symlink())]
    for folder in folders:
        folder.chmod(0o500)
    done = subprocess.run([NOMAD_SPEC, *COMMANDS["generate"]], cwd=repository, capture_output=True, text=True)
    for folder in folders:
        folder.chmod(0o700)
    assert done.returncode == 0, done.stderr
