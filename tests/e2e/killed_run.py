"""A run of nomad-spec that dies: started as a process of its own by the tests, it kills itself where it is told to.

`killed_run.py SOURCE IMAGES node NAME` dies when that node starts; `... call NAME` right after that call of the cluster
or the memory has succeeded, before anything of it is saved.
"""

import os
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from muster.core.clock import SystemClock
from muster.core.gates.front import DefaultsFront
from muster.core.memory.ports import Memory
from muster.core.runs.listening import Happening, NodeStarted
from muster.core.runs.opening import follow, new_run
from muster.nomad.agent import AGENT, load
from muster.nomad.context import Context
from muster.nomad.ports import Cluster
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.state import State
from muster.nomad.wiring import open_context


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DyingPort:
    """A cluster or a memory that takes its client's life after one of its calls."""

    port: Cluster | Memory
    call: str

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            answer = method(*args, **kwargs)
            if name == self.call:
                die()
            return answer

        return called


def main() -> None:
    source, images, kind, name = sys.argv[1:]

    def listen(happening: Happening) -> None:
        if kind == "node" and isinstance(happening, NodeStarted) and happening.node == name:
            die()

    @contextmanager
    def dying_context(settings: NomadSettings, options: Options, run_id: str) -> Generator[Context]:
        with open_context(settings, options, run_id) as context:
            if kind == "call" and context.cluster:
                cluster: Any = DyingPort(context.cluster, name)
                memory: Any = DyingPort(context.memory, name)
                context = replace(context, cluster=cluster, memory=memory)
            yield context

    agent = replace(AGENT, build_context=dying_context)
    options = Options(cluster="embedded", images=images)
    with new_run(agent, load(), options, intent="deploy", clock=SystemClock(), listeners=(listen,)) as run:
        follow(run, run.start(State(source=source)), DefaultsFront())


if __name__ == "__main__":
    main()
