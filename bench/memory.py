"""How often does a company's deployment fail again on what was learnt before? With memory and without.

A replayed set: 20 applications of four stacks, each deployed three times, in rounds (all once, all again, all again),
on the embedded cluster. Every deployment starts with no job of its name: a preview environment, or a move. (Where the
job still runs its values stay, with memory or without.) Each kind of trouble comes in several applications of a stack.
Cold: the first round, where memory knows other applications only. Warm: the rounds after it. The same order both times.
"""

import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from muster.core.clock import SystemClock
from muster.core.gates.front import DefaultsFront
from muster.core.memory.embeddings import pick_embedder
from muster.core.memory.forgiving import NoMemory
from muster.core.memory.mem0_memory import Mem0Memory
from muster.core.memory.ports import Memory
from muster.core.runs.opening import follow, new_run
from muster.nomad.agent import AGENT
from muster.nomad.context import Context
from muster.nomad.embedded.launch import ensure_cluster, stop_cluster
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.state import State
from muster.nomad.wiring import embedded_home, open_context

ROUNDS = 3
WATCHED = re.compile(r"after (\d+) s")
LISTENING = "Listening on http://0.0.0.0:9000"

STACKS = {
    "python": (
        "FROM python:3.12\nCOPY . .\nCMD python app.py\n",
        "app.py",
        "@app.route('/health')\ndef health(): ...\n",
    ),
    "node": ("FROM node:22\nCOPY . .\nCMD node app.js\n", "app.js", "app.get('/health', (q, r) => r.send('ok'))\n"),
    "go": (
        "FROM golang:1.23\nCOPY . .\nCMD ./app\n",
        "main.go",
        'package main\nfunc main() { http.HandleFunc("/health", h) }\n',
    ),
    "ruby": ("FROM ruby:3.3\nCOPY . .\nCMD ruby app.rb\n", "app.rb", "require 'sinatra'\nget '/health' do 'ok' end\n"),
}
BEHAVIOURS: dict[str, dict[str, object]] = {
    "hungry": {"memory_mb": 700},
    "greedy": {"memory_mb": 1500},
    "slow": {"ready_s": 320},
    "other port": {"listens": [9000], "stdout": [LISTENING]},
    "other path": {"http": {"/": 200, "*": 404}, "stdout": ['"GET /health HTTP/1.1" 404']},
    "no path": {"http": {"*": 404}, "stdout": ['"GET /health HTTP/1.1" 404']},
    "no variable": {"requires_env": {"LEDGER_MODE": "KeyError: 'LEDGER_MODE'"}},
    "hungry, other port": {"memory_mb": 700, "listens": [9000], "stdout": [LISTENING]},
    "hungry, slow": {"memory_mb": 900, "ready_s": 320},
}
TROUBLES = {
    "python": ("hungry", "hungry", "greedy", "other path", "hungry, slow"),
    "node": ("other port", "other port", "hungry, other port", "greedy", "no path"),
    "go": ("hungry", "greedy", "greedy", "other path", "no path"),
    "ruby": ("slow", "slow", "hungry, slow", "greedy", "no variable"),
}
"""What goes wrong in each application of a stack: each kind in several of them, as in a company with a template."""


@dataclass(frozen=True)
class App:
    """One application: its folder, its stack and its trouble."""

    name: str
    folder: Path
    stack: str
    trouble: str


@dataclass
class Tally:
    """What was seen in some deployments."""

    deployments: int = 0
    healthy: int = 0
    failures: int = 0
    repeated: int = 0
    virtual_s: int = 0
    cpu_s: float = 0.0
    causes: Counter[str] = field(default_factory=Counter)


def make_apps(folder: Path) -> list[App]:
    """The applications, as repositories."""
    apps = [
        App(f"{stack}-{number}", folder / f"{stack}-{number}", stack, trouble)
        for stack, troubles in TROUBLES.items()
        for number, trouble in enumerate(troubles, 1)
    ]
    for app in apps:
        dockerfile, file, code = STACKS[app.stack]
        app.folder.mkdir(parents=True)
        (app.folder / "Dockerfile").write_text(dockerfile)
        (app.folder / file).write_text(code)
        service = {"build": ".", "image": f"registry.acme.example/{app.name}:1", "ports": ["8080:8080"]}
        (app.folder / "compose.yaml").write_text(json.dumps({"services": {app.name: service}}))
    return apps


def images(apps: list[App]) -> str:
    """How they behave, as the embedded cluster reads it."""
    rows = [
        {"image": f"*/{app.name}:*", "pull_s": 2, "listens": [8080], "http": {"*": 200}} | BEHAVIOURS[app.trouble]
        for app in apps
    ]
    return json.dumps({"images": rows})


def deploy(app: App, memory: Memory, settings: NomadSettings, options: Options) -> State:
    """One deployment, to its end, with this memory."""

    @contextmanager
    def context(settings: NomadSettings, options: Options, run_id: str) -> Generator[Context]:
        with open_context(settings, options, run_id) as opened:
            yield replace(opened, memory=memory)

    agent = replace(AGENT, build_context=context)
    with new_run(agent, settings, options, intent=f"deploy {app.name}", clock=SystemClock()) as run:
        return follow(run, run.start(State(source=str(app.folder))), DefaultsFront()).state


def replay(apps: list[App], memory: Memory, settings: NomadSettings, images_file: Path) -> list[tuple[int, Tally]]:
    """All deployments in their order: a tally for each round."""
    options = Options(cluster="embedded", images=str(images_file))
    address = ensure_cluster(embedded_home(settings), images=images_file).address
    seen: set[tuple[str, str]] = set()
    tallies: list[tuple[int, Tally]] = []
    for turn in range(ROUNDS):
        tally = Tally()
        for app in apps:
            began = time.process_time()
            state = deploy(app, memory, settings, options)
            tally.cpu_s += time.process_time() - began
            count(state, app, tally, seen)
            httpx.delete(f"{address}/v1/job/{app.name}?purge=true", trust_env=False).raise_for_status()
        tallies.append((turn, tally))
        print(f"  round {turn + 1}: {tally}", file=sys.stderr, flush=True)
    return tallies


def count(state: State, app: App, tally: Tally, seen: set[tuple[str, str]]) -> None:
    """Add one deployment. A failure is repeated where its kind was seen in this application before, in an earlier
    deployment or in this one."""
    tally.deployments += 1
    tally.healthy += state.outcome is not None and state.outcome.kind == "healthy"
    verified = [event for event in state.events if event.node == "verify_job" and "after" in event.text]
    tally.virtual_s += sum(int(found[1]) for event in verified if (found := WATCHED.search(event.text)))
    for kind in causes(state):
        tally.failures += 1
        tally.causes[kind] += 1
        tally.repeated += (app.name, kind) in seen
        seen.add((app.name, kind))


def causes(state: State) -> Iterator[str]:
    """The kinds of failures that the run met, in their order."""
    for event in state.events:
        if event.node == "diagnose_failure" and event.text.startswith("cause: "):
            yield event.text.removeprefix("cause: ").partition(" ")[0]


def table(off: list[tuple[int, Tally]], on: list[tuple[int, Tally]]) -> None:
    """Both side by side: cold, warm, and together."""
    print(f"{'':26} {'healthy':>9} {'failed attempts':>16} {'of them repeated':>17} {'virtual s':>10} {'CPU s':>7}")
    for name, turns in (("cold (round 1)", (0,)), ("warm (rounds 2 and 3)", (1, 2)), ("all", (0, 1, 2))):
        sums = []
        for told, rounds in (("off", off), ("on", on)):
            some = [tally for turn, tally in rounds if turn in turns]
            total = [sum(getattr(one, field) for one in some) for field in FIELDS]
            sums.append(total)
            healthy = f"{total[1]}/{total[0]}"
            print(f"{name + ', ' + told:26} {healthy:>9} {total[2]:16} {total[3]:17} {total[4]:10} {total[5]:7.1f}")
        print(f"{'  fewer':26} {'':9} {less(sums, 2):>16} {less(sums, 3):>17} {less(sums, 4):>10} {less(sums, 5):>7}")


FIELDS = ("deployments", "healthy", "failures", "repeated", "virtual_s", "cpu_s")


def less(sums: list[list[float]], place: int) -> str:
    """By how many per cent the second is less."""
    before, after = sums[0][place], sums[1][place]
    return f"{(before - after) / before:.0%}" if before else "-"


def main() -> None:
    """Replay without memory, then with an empty one that fills, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for name in ("off", "on"):
            home = Path(folder) / name
            apps = make_apps(home / "apps")
            (home / "images.yaml").write_text(images(apps))
            settings = NomadSettings(muster_home=home / "muster", _env_file=None)
            embedder = pick_embedder("auto")
            store = {"path": str(home / "memory" / "qdrant")}
            memory = Mem0Memory(home / "memory", embedder, store) if name == "on" else NoMemory()
            print(f"memory {name} ({embedder.name})", file=sys.stderr)
            try:
                results.append(replay(apps, memory, settings, home / "images.yaml"))
            finally:
                stop_cluster(embedded_home(settings))
        table(*results)


if __name__ == "__main__":
    main()
