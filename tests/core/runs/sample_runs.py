"""Opens runs of the sample agent in a temporary home."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.runs.sample_agent import AGENT, SampleContext, SampleOptions, SampleState
from muster.core.agent import Agent
from muster.core.runs.opening import new_run
from muster.core.runs.run import Run
from muster.core.settings import MusterSettings
from muster.core.testing.clock import FakeClock
from muster.core.testing.listening import RecordingListener

SampleAgent = Agent[SampleState, SampleContext, MusterSettings, SampleOptions]
SampleRun = Run[SampleState, SampleContext, MusterSettings, SampleOptions]


@dataclass(frozen=True)
class Sample:
    run: SampleRun
    listener: RecordingListener
    trace: Path

    def steps(self) -> list[str]:
        return self.trace.read_text().split()

    def report(self) -> str:
        return self.run.folder.report.read_text()

    def heal(self) -> None:
        self.trace.with_suffix(".heal").touch()


@contextmanager
def sample_run(
    tmp_path: Path, agent: SampleAgent = AGENT, *, fail_in: str = "", misspell: bool = False
) -> Generator[Sample]:
    trace, listener = tmp_path / "trace", RecordingListener()
    settings = MusterSettings(muster_home=tmp_path / "home")
    options = SampleOptions(trace=trace, fail_in=fail_in, misspell=misspell)
    with new_run(agent, settings, options, intent="pack a box", clock=FakeClock(), listeners=(listener,)) as run:
        yield Sample(run, listener, trace)
