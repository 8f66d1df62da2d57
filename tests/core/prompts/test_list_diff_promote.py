import pytest

from core.prompts.desk import PLAIN, Desk
from core.prompts.samples import text_prompt
from core.prompts.test_pull import edit_there
from muster.core.testing.langfuse_double.observation import Observation
from muster.core.testing.langfuse_double.prompt_versions import add_version

DAY = text_prompt("plain", "Say good day.")


@pytest.fixture
def pushed(desk: Desk) -> Desk:
    desk("push")
    return desk


@pytest.fixture
def candidate(pushed: Desk) -> Desk:
    """`plain` has version 1, labelled staging, and version 2, labelled candidate."""
    edit_there(pushed, DAY, "candidate")
    return pushed


def score(desk: Desk, version: int, *outcomes: int) -> None:
    """Runs that used this version of `plain`: two generations of a trace, and the trace's score."""
    project = desk.langfuse.project
    for number, outcome in enumerate(outcomes):
        trace = f"trace-{version}-{number}"
        prompt = {"langfuse.observation.prompt.name": "plain", "langfuse.observation.prompt.version": version}
        for one in ("first", "second"):
            project.observations[trace, one] = Observation(one, trace, "", "chat", 1, 2, None, prompt, {})
        project.scores[trace] = {"id": trace, "traceId": trace, "name": "outcome", "value": outcome}
        project.scores[trace] |= {"dataType": "BOOLEAN", "timestamp": "2026-11-01T00:00:00Z", "environment": "default"}
        other = {**project.scores[trace], "id": f"{trace}-i", "name": "iterations", "value": 9, "dataType": "NUMERIC"}
        project.scores[f"{trace}-i"] = other


def row(out: str, name: str) -> list[str]:
    return next(line.split() for line in out.splitlines() if line.startswith(name))


# list


def test_the_list_shows_versions_here_and_there(candidate: Desk) -> None:
    said = candidate("list")
    assert said.code == 0
    assert said.out.splitlines()[0].split() == ["prompt", "file", "staging", "newest", "labels", "drift"]
    assert row(said.out, "plain") == ["plain", "1", "1", "2", "candidate,", "latest,", "staging", "same"]
    assert len(said.out.splitlines()) == 4


def test_the_version_of_a_file_is_the_one_that_says_the_same_not_its_number(pushed: Desk) -> None:
    pushed.edit(text_prompt("plain", "Mine."))
    assert row(pushed("list").out, "plain") == ["plain", "changed", "1", "1", "latest,", "staging", "differs"]
    pushed("push", "-n", "plain")
    assert pushed.folder.read("plain").version == 1
    assert row(pushed("list").out, "plain") == ["plain", "2", "2", "2", "latest,", "staging", "same"]
    edit_there(pushed, DAY)
    assert row(pushed("list").out, "plain") == ["plain", "2", "3", "3", "latest,", "staging", "differs"]
    assert row(pushed("list", "-l", "production").out, "plain")[:3] == ["plain", "2", "3"]


def test_the_list_is_of_another_label(candidate: Desk) -> None:
    said = candidate("list", "-l", "candidate")
    assert row(said.out, "plain") == ["plain", "1", "2", "2", "candidate,", "latest,", "staging", "differs"]
    assert "no version is labelled candidate" in next(line for line in said.out.splitlines() if line.startswith("fix"))


def test_a_change_here_is_drift_of_what_includes_it_too(pushed: Desk) -> None:
    pushed.edit(text_prompt("rules", "Widen a little."))
    said = pushed("list")
    assert [row(said.out, name)[-1] for name in ("fix", "plain", "rules")] == ["differs", "same", "differs"]


def test_what_is_only_here_or_only_there_is_told(desk: Desk) -> None:
    add_version(desk.langfuse.project, {"name": "theirs", "prompt": "x"})
    said = desk("list")
    assert row(said.out, "plain") == ["plain", "new", "not", "in", "Langfuse"]
    assert row(said.out, "theirs") == ["theirs", "1", "latest", "no", "file"]


def test_the_list_of_one_prompt_has_one_row(pushed: Desk) -> None:
    assert len(pushed("list", "-n", "plain").out.splitlines()) == 2


def test_a_broken_file_does_not_hide_the_others(pushed: Desk) -> None:
    pushed.folder.file("plain").write_text("{")
    said = pushed("list")
    assert said.code == 0
    assert "unreadable" in said.out
    assert "the file can't be used" in said.out
    assert row(said.out, "fix")[-1] == "same"


def test_without_langfuse_files_are_listed_and_the_setting_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGFUSE_ENABLED", "false")
    said = desk("list")
    assert said.code == 2
    assert row(said.out, "plain")[:2] == ["plain", "1"]
    assert "LANGFUSE_ENABLED is off" in said.err
    assert desk.langfuse.requests == []


@pytest.mark.parametrize("command", ["push", "pull", "diff", "promote"])
def test_without_langfuse_every_command_names_the_setting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("LANGFUSE_ENABLED")
    said = desk(command)
    assert (said.code, said.out) == (2, "")
    assert "LANGFUSE_ENABLED is off" in said.err
    assert "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY" in said.err


@pytest.mark.parametrize("command", ["list", "push", "pull", "diff", "promote"])
def test_a_langfuse_that_fails_is_exit_code_3(pushed: Desk, command: str) -> None:
    pushed.langfuse.fail(503)
    said = pushed(command)
    assert said.code == 3
    assert "503" in said.err


@pytest.mark.parametrize("command", ["list", "push", "pull", "diff", "promote"])
def test_a_name_that_nobody_has_is_told_with_those_that_are(pushed: Desk, command: str) -> None:
    said = pushed(command, "-n", "nope")
    assert said.code == 2
    assert "nope" in said.err


@pytest.mark.parametrize("command", ["list", "push", "pull", "diff", "promote"])
def test_a_label_that_is_none_is_told(desk: Desk, command: str) -> None:
    said = desk(command, "-l", "No Label")
    assert said.code == 2
    assert "'No Label' is no label" in said.err


# diff


def test_a_file_is_compared_with_the_default_label(candidate: Desk) -> None:
    candidate.edit(text_prompt("plain", "Say hi."))
    said = candidate("diff", "-n", "plain")
    assert said.out == (
        "--- plain (staging)\n+++ plain (file)\n@@ -1 +1 @@\n-Say hello.\n+Say hi.\n"
        "plain: staging, version 1: no outcomes yet (n=0)\n"
    )


def test_what_is_the_same_is_said_to_be(pushed: Desk) -> None:
    assert pushed("diff", "-n", "plain").out.startswith("plain: staging and file say the same\n")


def test_a_changed_part_is_a_difference_of_what_includes_it(pushed: Desk) -> None:
    pushed.edit(text_prompt("rules", "Widen a little."))
    assert "-Repair. Widen nothing.\n+Repair. Widen a little." in pushed("diff", "-n", "fix").out


def test_another_label_is_shown_with_the_outcomes_of_both(candidate: Desk) -> None:
    score(candidate, 1, 1, 0, 0, 1)
    score(candidate, 2, 1, 1, 1)
    said = candidate("diff", "-n", "plain", "-l", "candidate")
    assert "-Say good day.\n+Say hello." in said.out
    assert said.out.endswith(
        "plain: staging, version 1: outcome 0.50 (n=4)\nplain: candidate, version 2: outcome 1.00 (n=3)\n"
    )


def test_two_labels_are_compared_with_one_another(candidate: Desk) -> None:
    said = candidate("diff", "-n", "plain", "-l", "staging", "-l", "candidate")
    assert said.out.startswith("--- plain (staging)\n+++ plain (candidate)\n@@ -1 +1 @@\n-Say hello.\n+Say good day.\n")


def test_a_version_is_compared_with_the_file(candidate: Desk) -> None:
    said = candidate("diff", "-n", "plain", "-v", "2")
    assert said.out.startswith("--- plain (version 2)\n+++ plain (file)\n")
    assert "plain: version 2: no outcomes yet (n=0)\n" in said.out


@pytest.mark.parametrize(
    ("words", "lacks"),
    [
        (["-n", "plain", "-v", "99"], "version 99 of the prompt plain"),
        (["-n", "plain", "-l", "nope"], "version labelled nope of the prompt plain"),
        (["-n", "plain", "-l", "staging", "-l", "nope"], "version labelled nope of the prompt plain"),
        (["-l", "nope"], "version labelled nope of any prompt here"),
    ],
)
def test_a_version_or_label_that_nobody_has_is_one_line_and_exit_code_2(
    pushed: Desk, words: list[str], lacks: str
) -> None:
    said = pushed("diff", *words)
    assert said == type(said)(2, "", f"Langfuse has no {lacks}; `list` shows what it has\n")


def test_of_all_prompts_those_that_lack_the_label_are_warned_about(candidate: Desk) -> None:
    said = candidate("diff", "-l", "candidate")
    assert said.code == 0
    assert "-Say good day.\n+Say hello." in said.out
    assert said.err == (
        "! fix: Langfuse has no version labelled candidate\n! rules: Langfuse has no version labelled candidate\n"
    )


def test_a_file_that_can_not_be_used_is_said_and_not_compared(pushed: Desk) -> None:
    pushed.folder.file("plain").write_text("{")
    said = pushed("diff", "-n", "plain")
    assert said.out.startswith("plain: the file can't be used: ")
    assert "-Say hello." not in said.out


def test_all_prompts_are_compared_without_a_name(pushed: Desk) -> None:
    assert pushed("diff").out.count("say the same") == 3


@pytest.mark.parametrize("words", [["-l", "a", "-l", "b", "-l", "c"], ["-l", "a", "-v", "1"]])
def test_a_diff_has_two_sides(pushed: Desk, words: list[str]) -> None:
    said = pushed("diff", "-n", "plain", *words)
    assert said.code == 2
    assert "two sides" in said.err


def test_many_runs_are_counted_once_each(candidate: Desk) -> None:
    score(candidate, 2, *[1, 0] * 60)
    assert "outcome 0.50 (n=120)" in candidate("diff", "-n", "plain", "-l", "candidate").out


# promote


def test_the_newest_version_gets_the_label(candidate: Desk) -> None:
    score(candidate, 1, 1, 0)
    score(candidate, 2, 1)
    said = candidate("promote", "-n", "plain")
    assert said.out == (
        "plain: staging moves to version 2\n"
        "  version 1, staging until now: outcome 0.50 (n=2)\n"
        "  version 2, candidate: outcome 1.00 (n=1)\n"
        "plain: the label staging is on version 2 now\n"
    )
    moved = candidate.remote("plain", "staging")
    assert moved
    assert moved.version == 2


def test_a_version_can_be_named(candidate: Desk) -> None:
    candidate("promote", "-n", "plain")
    candidate("promote", "-n", "plain", "--version", "1")
    moved = candidate.remote("plain", "staging")
    assert moved
    assert moved.version == 1


def test_a_label_that_is_there_already_is_left(pushed: Desk) -> None:
    before = pushed.writes()
    said = pushed("promote")
    assert "plain: version 1 has the label staging already\n" in said.out
    assert pushed.writes() == before


@pytest.mark.parametrize(("typed", "moves"), [("yes\n", 1), ("no\n", 0), ("\n", 0)])
def test_production_is_asked_about(candidate: Desk, typed: str, moves: int) -> None:
    before = len(candidate.writes())
    said = candidate("promote", "-n", "plain", "-l", "production", typed=typed)
    assert said.code == 0
    assert "Move the label production of plain?" in said.err
    assert len(candidate.writes()) - before == moves
    assert ("nothing was moved" in said.out) is not moves


def test_a_pipe_that_answers_nothing_moves_nothing(candidate: Desk) -> None:
    said = candidate("promote", "-l", "production")
    assert said.code == 2
    assert candidate.remote("plain", "production") is None


def test_a_dry_run_moves_nothing_and_does_not_ask(candidate: Desk) -> None:
    said = candidate("promote", "-n", "plain", "-l", "production", "--dry-run")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("plain: production would move to version 2\n")
    assert candidate.remote("plain", "production") is None


def test_a_protected_label_is_explained(candidate: Desk) -> None:
    candidate.langfuse.project.protected_labels.add("production")
    said = candidate("promote", "-n", "plain", "-l", "production", typed="yes\n")
    assert said.code == 3
    assert "Protected labels are: production" in said.err
    assert "An admin or owner may move it" in said.err


def test_promoting_all_warns_of_what_langfuse_lacks(desk: Desk) -> None:
    desk("push", "-n", "plain")
    said = desk("promote", "-l", "candidate")
    assert said.code == 0
    assert said.err == "! Langfuse has no prompt fix\n! Langfuse has no prompt rules\n"
    assert desk.remote("plain", "candidate")


def test_a_version_to_promote_that_nobody_has_is_told(pushed: Desk) -> None:
    said = pushed("promote", "-n", "plain", "-v", "99")
    assert said == type(said)(2, "", "Langfuse has no version 99 of the prompt plain; `list` shows what it has\n")


def test_one_missing_prompt_is_an_error(desk: Desk) -> None:
    said = desk("promote", "-n", "plain")
    assert said.code == 2
    assert "`push` it first" in said.err


def test_a_version_that_does_not_fit_this_code_is_warned_about(pushed: Desk) -> None:
    edit_there(pushed, text_prompt("plain", "{{x}}"), "candidate")
    said = pushed("promote", "-n", "plain")
    assert "runs of this version of the code would use the file instead" in said.err


def test_the_label_latest_can_not_be_promoted_to(desk: Desk) -> None:
    assert desk("promote", "-l", "latest").code == 2


def test_nothing_is_promoted_from_files(pushed: Desk) -> None:
    pushed("promote")
    assert pushed.folder.read("plain") == PLAIN
