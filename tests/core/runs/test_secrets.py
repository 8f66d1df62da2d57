from pathlib import Path

import pytest

from core.runs.sample_agent import AGENT, SampleOptions, SampleState
from core.runs.sample_runs import sample_run
from muster.core.errors import WorkFailedError
from muster.core.redaction import remember_secrets
from muster.core.runs.opening import new_run
from muster.core.settings import MusterSettings
from muster.core.testing.clock import FakeClock

PLANTED = "planted-credential-0815"


@pytest.fixture(autouse=True)
def _known() -> None:
    remember_secrets([PLANTED])


def holders(folder: Path) -> list[str]:
    """The files under the folder that hold the planted secret."""
    return [path.name for path in folder.rglob("*") if path.is_file() and PLANTED.encode() in path.read_bytes()]


def test_a_secret_in_events_and_errors_reaches_no_file_of_the_run(tmp_path: Path) -> None:
    with sample_run(tmp_path, fail_in="gather") as sample:
        sample.trace.with_suffix(".secret").write_text(PLANTED)
        with pytest.raises(WorkFailedError) as caught:
            sample.run.start(SampleState())
        sample.heal()
        sample.run.go_on()
        sample.run.answer({"size": 1})
    assert PLANTED not in str(caught.value)
    assert "[redacted]" in sample.report()
    assert holders(sample.run.folder.path) == []


def test_a_secret_in_the_intent_or_the_options_reaches_no_file_of_the_run(tmp_path: Path) -> None:
    options = SampleOptions(trace=Path(f"/nonexistent/{PLANTED}"))
    settings = MusterSettings(muster_home=tmp_path)
    with new_run(AGENT, settings, options, intent=f"clone https://u:{PLANTED}@h", clock=FakeClock()) as run:
        assert holders(run.folder.path) == []
