"""Many deployments in one process, each a thread: `many_deploys.py IMAGES NODES APPLICATION...` deploys each folder.

All begin at once. Applications of one name meet before they register for the first time, so that each has planned
without the other. What became of each run is printed as JSON, in the order of the folders.
"""

import json
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from muster.core.clock import SystemClock
from muster.core.errors import MusterError
from muster.core.gates.front import DefaultsFront
from muster.core.runs.listening import Happening, Listener, NodeStarted
from muster.core.runs.opening import follow, new_run
from muster.nomad.agent import AGENT, load
from muster.nomad.settings import Options
from muster.nomad.state import State

MEETING_S = 120


@dataclass(frozen=True)
class Deployed:
    """How one deployment ended; `stale` says how often somebody else was first."""

    source: str
    run: str
    ok: bool
    summary: str
    stale: int = 0


def meeting(barrier: threading.Barrier) -> Listener:
    """Waits for the others of that name before the first registration."""
    met = False

    def listen(happening: Happening) -> None:
        nonlocal met
        if isinstance(happening, NodeStarted) and happening.node == "deploy_job" and not met:
            met = True
            with suppress(threading.BrokenBarrierError):  # the other never came: its end says why
                barrier.wait(MEETING_S)

    return listen


def deploy(source: str, options: Options, barrier: threading.Barrier) -> Deployed:
    """The whole run, as the command line walks it without questions."""
    listeners = (meeting(barrier),) if barrier.parties > 1 else ()
    run_id = ""
    try:
        with new_run(AGENT, load(), options, intent=source, clock=SystemClock(), listeners=listeners) as run:
            run_id = run.id
            finished = follow(run, run.start(State(source=source)), DefaultsFront())
    except MusterError as error:
        barrier.abort()
        return Deployed(source, run_id, ok=False, summary=str(error))
    return Deployed(source, run_id, finished.verdict.ok, finished.verdict.summary, finished.state.stale)


def deploy_all(images: str, nodes: str, sources: Sequence[str]) -> list[Deployed]:
    """All at once."""
    names = Counter(Path(source).name for source in sources)
    barriers = {name: threading.Barrier(count) for name, count in names.items()}
    options = Options(cluster="embedded", images=images, nodes=nodes)
    with ThreadPoolExecutor(len(sources)) as pool:
        return list(pool.map(lambda source: deploy(source, options, barriers[Path(source).name]), sources))


if __name__ == "__main__":
    given_images, given_nodes, *given_sources = sys.argv[1:]
    print(json.dumps([asdict(one) for one in deploy_all(given_images, given_nodes, given_sources)]))
