"""A real headless Chromium, the server of the page, and a place where trainings are played in seconds."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from aegis.ui.playing_python import make_python
from aegis.worlds import PACKAGES, World
from muster.core.clock import SystemClock
from muster.core.runs.journal import Entry, Journal
from muster.core.runs.store import RunFolder, RunStore

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AEGIS = Path(sys.executable).with_name("aegis")
PATIENCE_S = 60
WORDS = "LoRA fine-tune ./model on rows.jsonl under $2, ask me above $0, micro batch 8"


def require_programs() -> None:
    """Skips, or fails under CI=true, where the browser or the sandbox is not installed."""
    missing = [name for name in (str(CHROMIUM), "bwrap") if shutil.which(name) is None]
    if missing:
        told = f"not installed: {', '.join(missing)}; `make chromium bwrap` does it on Debian"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(told)


@dataclass(frozen=True)
class Site:
    """A server, and the folder that it works in."""

    url: str
    folder: Path
    env: dict[str, str]

    @property
    def runs(self) -> tuple[RunFolder, ...]:
        return RunStore(self.folder / "home").folders()

    def run(self, page: Page) -> RunFolder:
        """The one that the page shows."""
        return RunStore(self.folder / "home").folder(page.url.partition("?run=")[2])

    def entries(self, page: Page, kind: str) -> list[Entry]:
        journal = Journal(self.run(page).journal, SystemClock())
        return [one for one in journal.entries() if one.kind == kind]


@contextmanager
def site() -> Iterator[Site]:
    """Not below /tmp, which a sandbox covers: the Python that plays lies here too."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        World(folder).edit("config.json", intermediate_size=32)
        python = make_python(folder / "python", PACKAGES)
        for item in (folder, *folder.rglob("*")):
            item.chmod(item.stat().st_mode | (0o755 if item.is_dir() else 0o644))
        env = {"PATH": os.environ["PATH"], "HOME": name, "MUSTER_HOME": f"{name}/home", "AEGIS_PYTHON": str(python),
               "AEGIS_USD_PER_HOUR": "1"}  # fmt: skip
        with aegis_ui(folder, env) as url:
            yield Site(url, folder, env)


def aegis_ui(folder: Path, env: dict[str, str]) -> AbstractContextManager[str]:
    """A server of its own over that folder: several may share it."""
    port = free_port()
    return serving([str(AEGIS), "ui", "--port", str(port), "--no-browser"], port, folder, env)


@contextmanager
def serving(command: list[str], port: int, folder: Path, env: dict[str, str]) -> Iterator[str]:
    """Streamlit, until the block ends."""
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", folder / "server.log")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the server does not answer: {log.read_text()[-2000:]}")


def say(page: Page, words: str) -> None:
    page.get_by_test_id("stChatInputTextArea").fill(words)
    page.keyboard.press("Enter")


def plan(page: Page, site: Site, words: str = WORDS) -> None:
    page.goto(site.url)
    say(page, words)
    page.get_by_role("button", name="Begin the run").wait_for()


def begin(page: Page, site: Site, words: str = WORDS) -> None:
    """Up to the first question."""
    plan(page, site, words)
    page.get_by_role("button", name="Begin the run").click()
    page.get_by_role("button", name="approve").wait_for()


def overflow(page: Page) -> int:
    """Pixels by which the page, or its main part, is wider than its window; the sidebar is folded there."""
    return page.evaluate(
        "Math.max(...[document.documentElement, ...document.querySelectorAll('main, section:not([data-testid=stSidebar])')]"
        ".map(one => one.scrollWidth - one.clientWidth))"
    )
