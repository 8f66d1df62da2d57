"""The directory of an allocation as its client would lay it out: logs, and the templates that need no data."""

import posixpath
from dataclasses import dataclass, field
from typing import Any

from muster.nomad.embedded.client.alloc_runner import AllocationRunner
from muster.nomad.embedded.state.values import Allocation
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
ROOT = "/var/nomad/client"
"""Where the recorded client kept allocations; it is part of what it says of missing files."""
TASK_FOLDERS = ("local", "secrets", "tmp")
FOLDER_SIZE = 4096


@dataclass
class Directory:
    """Files by path with their content, and folders."""

    changed_ns: int
    files: dict[str, str] = field(default_factory=dict[str, str])
    folders: set[str] = field(default_factory=set[str])

    def add(self, path: str, content: str) -> None:
        """Put a file in, with the folders above it."""
        self.files[path] = content
        self.add_folder(posixpath.dirname(path))

    def add_folder(self, path: str) -> None:
        """Put a folder in, with those above it."""
        while path not in ("/", ""):
            self.folders.add(path)
            path = posixpath.dirname(path)

    def entries(self, folder: str) -> list[Json]:
        """What lies in a folder, by name."""
        found = [path for path in (*self.files, *self.folders) if posixpath.dirname(path) == folder]
        return [self.info(path) for path in sorted(found)]

    def info(self, path: str) -> Json:
        """One file or folder as the API tells it."""
        content = self.files.get(path)
        return {
            "FileMode": "drwxrwxrwx" if content is None else "-rw-r--r--",
            "IsDir": content is None,
            "ModTime": timestamp(self.changed_ns),
            "Name": posixpath.basename(path) or "/",
            "Size": FOLDER_SIZE if content is None else len(content.encode()),
        }

    def knows(self, path: str) -> bool:
        """Whether something is there."""
        return path == "/" or path in self.files or path in self.folders


def directory_of(allocation: Allocation, runner: AllocationRunner) -> Directory:
    """What lies there now."""
    directory = Directory(allocation.modify_ns)
    for name in ("data", "logs", "tmp"):
        directory.add_folder(f"/alloc/{name}")
    for name, task in runner.tasks.items():
        for folder in TASK_FOLDERS:
            directory.add_folder(f"/{name}/{folder}")
        if task.state.started_ns is not None:
            for stream in ("stdout", "stderr"):
                directory.add(f"/alloc/logs/{name}.{stream}.0", task.output.get(stream, ""))
        for template in task.spec.templates:
            if template.left not in template.text:
                directory.add(clean(f"{name}/{template.destination}"), template.text)
    return directory


def clean(path: str) -> str:
    """A path inside of the directory, from its root; what would lead out of it ends there."""
    return posixpath.normpath("/" + path.lstrip("/"))


def escapes(path: str) -> bool:
    """Whether a path would lead out of the directory."""
    return posixpath.normpath(path.lstrip("/") or ".").startswith("..")
