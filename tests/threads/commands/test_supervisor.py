import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muster.core.errors import WorkFailedError
from muster.threads.supervisor import MOST_DEATHS, Process, Supervisor
from threads.fake_platform import running_fake


def python(name: str, code: str, ready_url: str) -> Process:
    return Process(name, (sys.executable, "-u", "-c", code), ready_url)


@pytest.fixture
def ready_url() -> Iterator[str]:
    with running_fake() as fake:
        yield f"{fake.url}/ready"


def interrupted() -> None:
    raise KeyboardInterrupt


def supervised(processes: list[Process], when_ready: Callable[[], None]) -> list[str]:
    said: list[str] = []
    supervisor = Supervisor(processes, said.append)
    with pytest.raises(KeyboardInterrupt):
        supervisor.run(when_ready)
    return said


def test_a_line_has_the_name_of_its_process_before_it(ready_url: str) -> None:
    told = threading.Event()
    said: list[str] = []

    def write(line: str) -> None:
        said.append(line)
        if "hello" in line:
            told.set()

    def when_ready() -> None:
        told.wait(30)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Supervisor([python("greeter", "print('hello'); import time; time.sleep(600)", ready_url)], write).run(
            when_ready
        )
    assert "greeter | hello" in said


def test_they_are_stopped_in_the_other_order(ready_url: str) -> None:
    waits = "import time; time.sleep(600)"
    said = supervised([python("first", waits, ready_url), python("last", waits, ready_url)], interrupted)
    assert [line.split()[0] for line in said if "stopped" in line] == ["last", "first"]


def test_one_that_dies_is_started_again_and_given_up_in_the_end(ready_url: str, tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    code = f"open({str(lives)!r}, 'a').write('x'); raise SystemExit(1)"
    with pytest.raises(WorkFailedError, match="mortal does not run: it ended with 1"):
        Supervisor([python("mortal", code, ready_url)], lambda line: None).run(lambda: None)
    assert len(lives.read_text()) == MOST_DEATHS + 1


def test_one_that_is_used_wrongly_is_not_started_again(ready_url: str, tmp_path: Path) -> None:
    lives = tmp_path / "lives"
    code = f"open({str(lives)!r}, 'a').write('x'); raise SystemExit(2)"
    with pytest.raises(WorkFailedError, match="ended with 2"):
        Supervisor([python("mistaken", code, ready_url)], lambda line: None).run(lambda: None)
    assert lives.read_text() == "x"
