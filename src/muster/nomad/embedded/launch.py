"""Starts, finds and stops the embedded cluster of a home."""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, cast

from muster.core.errors import UnreachableError, UsageError
from muster.nomad.embedded.announced import EmbeddedCluster, announced
from muster.nomad.embedded.client.behaviours import behaviour_records
from muster.nomad.embedded.described import Records
from muster.nomad.embedded.scheduler.nodes import node_records

_LOG = logging.getLogger(__name__)
STOP_TIMEOUT_S = 10.0
LOOK_S = 0.02
IDLE_EXIT_S = 1800.0


def ensure_cluster(
    home: Path,
    *,
    images: Path | None = None,
    nodes: Path | None = None,
    real_time: bool = False,
    idle_exit_s: float = IDLE_EXIT_S,
    acl: bool = False,
) -> EmbeddedCluster:
    """The home's cluster, started detached when none answers; two callers at once get the same one.

    One that runs with other images is started anew with these; what runs on it is kept. Raises UsageError for a file
    that makes no sense and for other nodes than the home has, UnreachableError when the cluster does not come up; its
    output is in `home/embedded.log`.
    """
    own = behaviour_records(images) if images else []
    _make(home)
    with _locked(home):
        _check_nodes(home, nodes)
        _check_acl(home, acl=acl)
        found = find_cluster(home)
        if found is not None and (images is None or _remembered(home) == _as_json(own)):
            return found
        if found is not None:
            stop_cluster(home)
        started = _start(home, _arguments(home, images, nodes, idle_exit_s, real_time=real_time, acl=acl))
        _images_file(home).write_text(json.dumps(own))
        return started


def find_cluster(home: Path) -> EmbeddedCluster | None:
    """The home's cluster if it answers."""
    found = announced(home)
    return found if found is not None and _answers(found.address) else None


def stop_cluster(home: Path) -> bool:
    """Stop the home's cluster and wait for its end; returns whether there was one. What ran on it is kept."""
    found = find_cluster(home)
    if found is None:
        return False
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while _alive(found.pid) and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return True


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the embedded cluster's folder {home} can't be made: {error.strerror}",
            advice="Set MUSTER_HOME to a folder that you may write.",
        ) from error


def _check_nodes(home: Path, nodes: Path | None) -> None:
    """The first start decides which machines there are."""
    if nodes is None:
        return
    wanted, there = _as_json(node_records(nodes)), _first_start(home).get("nodes")
    if there in (None, wanted):
        return
    raise UsageError(
        f"the embedded cluster in {home} has other nodes already",
        advice=f"`nomad-spec embedded stop`, then remove {home} to begin anew; or leave --nodes out.",
    )


def _check_acl(home: Path, *, acl: bool) -> None:
    """The first start decides whether requests need tokens."""
    first = _first_start(home)
    if acl and first and not first.get("acl"):
        raise UsageError(
            f"the embedded cluster in {home} was begun without ACL mode",
            advice=f"`nomad-spec embedded stop`, then remove {home} to begin anew; or leave --acl out.",
        )


def _first_start(home: Path) -> dict[str, Any]:
    """The first line of the journal; empty before the first start."""
    try:
        with (home / "journal.jsonl").open() as journal:
            first: object = json.loads(journal.readline())
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", first) if isinstance(first, dict) else {}


def _as_json(records: Records) -> object:
    return json.loads(json.dumps(records))


def _images_file(home: Path) -> Path:
    """The images that the running cluster was started with, beside the packaged ones."""
    return home / "images.json"


def _remembered(home: Path) -> object:
    try:
        return json.loads(_images_file(home).read_text())
    except (OSError, ValueError):
        return None


@contextmanager
def _locked(home: Path) -> Generator[None]:
    with (home / "embedded.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _arguments(
    home: Path, images: Path | None, nodes: Path | None, idle_exit_s: float, *, real_time: bool, acl: bool
) -> list[str]:
    arguments = ["--home", str(home), "--idle-exit", str(idle_exit_s), *(["--acl"] if acl else [])]
    arguments += ["--images", str(images)] if images else []
    arguments += ["--nodes", str(nodes)] if nodes else []
    return arguments + (["--real-time"] if real_time else [])


def _start(home: Path, arguments: list[str]) -> EmbeddedCluster:
    """Start it; the process that we wait for ends as soon as its child, the cluster, is ready or dead."""
    command = [sys.executable, "-m", "muster.nomad.embedded", *arguments, "--detach"]
    with (home / "embedded.log").open("ab") as log:
        before = log.tell()
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    started = find_cluster(home) or _not_started(home, before)
    _LOG.debug("embedded cluster started", extra={"address": started.address, "pid": started.pid})
    return started


def _not_started(home: Path, before: int) -> NoReturn:
    said_now = (home / "embedded.log").read_bytes()[before:].decode(errors="replace")
    tail = said_now.strip().splitlines()[-3:]
    said = " ".join(tail) or "it said nothing"
    raise UnreachableError(f"Starting the embedded cluster in {home}: {said}", advice=f"See {home / 'embedded.log'}.")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/v1/status/leader", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False
