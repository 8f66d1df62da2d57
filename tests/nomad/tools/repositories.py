"""Real git repositories for tests, and what a command line of git does in them."""

import os
import subprocess
from pathlib import Path

_WHO = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main")
_LOCAL = ("-c", "protocol.file.allow=always")  # submodules of this machine


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular; what it printed."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *_WHO, *_LOCAL, *arguments], cwd=folder, check=True, capture_output=True, env=clean)
    return done.stdout.decode().strip()


def commit(folder: Path, **files: str) -> Path:
    """A repository with one more commit that holds these files; `__` stands for a dot, `--` for a slash."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git(folder, "init")
    for name, text in files.items():
        file = folder / name.replace("__", ".").replace("--", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-m", "change")
    return folder
