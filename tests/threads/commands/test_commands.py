"""The commands about tasks against a real orchestrator; nobody works on the tasks."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from muster.core.cli import run_cli
from muster.core.web.api_keys import caller_of, read_keys
from muster.core.web.serving import ServerThread
from muster.threads.common.settings import ThreadsSettings
from muster.threads.main import app
from muster.threads.orchestrator.app import build

pytestmark = pytest.mark.e2e


class Shell:
    """`threads` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run_cli(lambda: app(list(words), prog_name="threads"))
        said = self._capsys.readouterr()
        assert "a fault in muster" not in said.err
        return int(ended.value.code or 0), said.out, said.err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """With an orchestrator of its own behind it, whose queue is files."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(tmp_path)
    settings = ThreadsSettings(_env_file=None, muster_home=tmp_path)
    application = build(settings)
    with ServerThread(application, before_close=application.state.desk.newsroom.close) as server:
        monkeypatch.setenv("MUSTER_HOME", str(tmp_path))
        monkeypatch.setenv("ORCHESTRATOR_URL", server.address)
        yield Shell(capsys)
    signal.signal(signal.SIGTERM, before)


def test_a_task_is_asked_for_listed_shown_and_cancelled(shell: Shell) -> None:
    code, out, _ = shell("post", "ai-elon", "rockets")
    task_id = out.strip()
    assert code == 0
    assert json.loads(shell("tasks", "--json")[1])[0]["id"] == task_id
    assert shell("cancel", task_id[:8], "--reason", "no more") == (0, f"{task_id} cancelled\n", "")
    shown = json.loads(shell("show", task_id, "--json")[1])
    assert (shown["state"], shown["reason"]) == ("cancelled", "no more")
    assert [line["seq"] for line in shown["story"]] == [1, 2]


def test_the_story_of_a_task_that_goes_on_is_shown_as_far_as_it_is(shell: Shell) -> None:
    task_id = shell("post", "ai-elon", "rockets")[1].strip()
    code, out, _ = shell("show", task_id)
    assert code == 0
    assert out.splitlines()[-1].endswith("queued            asked by local")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("post", "nobody", "rockets"), "there is no persona nobody"),
        (("post", "ai-elon", " "), "one of topic, pain_statement and trend_snippet says"),
        (("post", "ai-elon", "rockets", "--when", "soon"), "soon is no time"),
        (("show", "00000000-0000-0000-0000-000000000000"), "there is no task"),
        (("show", "abc"), "abc is no id of a task"),
        (("show", "abcdef"), "0 of the latest tasks begin with abcdef"),
        (("keys", "new", "ci", "--scope", "all:all"), "no such scope: all:all"),
        (("db", "downgrade", "9999"), "9999"),
    ],
)
def test_what_can_not_be_asked_is_wrong_use(shell: Shell, words: tuple[str, ...], told: str) -> None:
    code, _, err = shell(*words)
    assert code == 2
    assert told in err


def test_a_decision_in_the_wrong_state_is_refused_in_the_orchestrators_words(shell: Shell) -> None:
    task_id = shell("post", "ai-elon", "rockets")[1].strip()
    assert shell("approve", task_id)[2].startswith("a task that is queued does not wait for approval")


def test_what_is_not_unknown_can_not_be_settled(shell: Shell) -> None:
    task_id = shell("post", "ai-elon", "rockets")[1].strip()
    code, _, told = shell("settle", task_id, "--published", "--media-id", "m1")
    assert (code, "a task that is queued has nothing to be settled" in told) == (2, True)


def test_whether_it_is_out_has_to_be_said(shell: Shell) -> None:
    code, _, told = shell("settle", "00000000-0000-0000-0000-000000000000")
    assert (code, "--published" in told) == (2, True)


def test_nothing_to_redrive_is_no_failure(shell: Shell) -> None:
    assert shell("redrive", "--state", "unknown")[:2] == (0, "0 of 0 unknown tasks are tried again\n")


def test_the_database_that_the_orchestrator_made_is_as_it_should_be(shell: Shell) -> None:
    assert shell("db", "check")[:2] == (0, "the database is at 0001, and as it should be\n")


def test_an_orchestrator_that_is_away_is_a_service_that_is_away(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_URL", "http://127.0.0.1:1")
    code, _, err = shell("tasks")
    assert code == 3
    assert "Check ORCHESTRATOR_URL" in err


def test_a_new_key_is_one_that_its_entry_lets_in(shell: Shell, tmp_path: Path) -> None:
    _, entry, told = shell("keys", "new", "ci", "--scope", "tasks:read")
    (file := tmp_path / "keys.yaml").write_text(yaml.safe_dump({"keys": yaml.safe_load(entry)}))
    plain = told.splitlines()[0].rpartition(" ")[2]
    caller = caller_of(read_keys(file), plain)
    assert caller is not None
    assert (caller.name, caller.scopes) == ("ci", {"tasks:read"})


def test_personas_are_listed(shell: Shell) -> None:
    assert [one["id"] for one in json.loads(shell("personas", "--json")[1])] == ["ai-elon", "ai-jesus"]
