import pytest

from core.prompts.desk import FIX, Desk
from core.prompts.samples import chat_prompt, include, text_prompt
from muster.core.testing.langfuse_double.prompt_versions import add_labels, add_version, find_version


def test_all_files_become_versions_with_the_label_parts_first(desk: Desk) -> None:
    said = desk("push")
    assert said.code == 0
    assert said.out == (
        "rules: a first version, the label staging is new\n"
        "fix: a first version, the label staging is new\n"
        "plain: a first version, the label staging is new\n"
        "rules: version 1 is new, labelled staging\n"
        "fix: version 1 is new, labelled staging\n"
        "plain: version 1 is new, labelled staging\n"
    )
    assert desk.versions() == {"fix": 1, "plain": 1, "rules": 1}


def test_a_version_names_its_parts_by_number(desk: Desk) -> None:
    desk("push")
    pushed = desk.remote("fix", "staging")
    assert pushed
    assert pushed.prompt == [
        {"role": "system", "content": f"Repair. {include('rules', 'version=1')}"},
        {"role": "user", "content": "{{error}}"},
    ]


def test_what_is_unchanged_makes_no_new_version(desk: Desk) -> None:
    desk("push")
    before = desk.writes()
    said = desk("push")
    assert said.out == "rules: unchanged, version 1\nfix: unchanged, version 1\nplain: unchanged, version 1\n"
    assert desk.writes() == before


def test_a_changed_part_makes_new_versions_of_what_includes_it(desk: Desk) -> None:
    desk("push")
    desk.edit(text_prompt("rules", "Widen nothing at all."))
    desk("push")
    assert desk.versions() == {"fix": 2, "plain": 1, "rules": 2}
    pushed = desk.remote("fix", "staging")
    assert pushed
    assert include("rules", "version=2") in str(pushed.prompt)


def test_one_prompt_is_pushed_with_its_parts(desk: Desk) -> None:
    desk("push", "--name", "fix")
    assert desk.versions() == {"fix": 1, "rules": 1}


def test_another_label_gets_the_version_that_says_this_already(desk: Desk) -> None:
    desk("push")
    said = desk("push", "-l", "candidate")
    assert "plain: version 1 says this already, the label candidate is new\n" in said.out
    assert "plain: version 1 is labelled candidate now\n" in said.out
    assert desk.versions() == {"fix": 1, "plain": 1, "rules": 1}


def test_it_says_which_version_a_label_leaves(desk: Desk) -> None:
    desk("push", "-n", "plain")
    desk.edit(text_prompt("plain", "Say goodbye."))
    said = desk("push", "-n", "plain")
    assert said.out == (
        "plain: a new version after 1, the label staging leaves version 1\nplain: version 2 is new, labelled staging\n"
    )


def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk) -> None:
    said = desk("push", "--dry-run")
    assert "fix: a first version, the label staging is new\n" in said.out
    assert "is new, labelled" not in said.out
    assert desk.writes() == []


@pytest.mark.parametrize(("typed", "pushed"), [("yes\n", 1), ("no\n", 0), ("\n", 0)])
def test_production_is_asked_about(desk: Desk, typed: str, pushed: int) -> None:
    said = desk("push", "-n", "plain", "-l", "production", typed=typed)
    assert said.code == 0
    assert "Push this to the label production?" in said.err
    assert len(desk.writes()) == pushed
    assert ("nothing was pushed" in said.out) is not pushed


def test_production_that_would_not_change_is_not_asked_about(desk: Desk) -> None:
    desk("push", "-n", "plain", "-l", "production", typed="yes\n")
    said = desk("push", "-n", "plain", "-l", "production")
    assert said == type(said)(0, "plain: unchanged, version 1\n", "")


def test_a_pipe_that_answers_nothing_pushes_nothing(desk: Desk) -> None:
    said = desk("push", "-l", "production")
    assert said.code == 2
    assert "nobody answered: Push this to the label production?" in said.err
    assert "echo yes |" in said.err
    assert desk.writes() == []


def test_a_file_that_does_not_fit_the_code_stops_everything_before_anything_is_sent(desk: Desk) -> None:
    desk.edit(chat_prompt("fix", ("user", "{{eror}}")))
    said = desk("push")
    assert said.code == 2
    assert "the prompt fix (version 1) can't be used: it asks for {{eror}}" in said.err
    assert desk.langfuse.requests == []


def test_a_circle_is_named_and_nothing_is_sent(desk: Desk) -> None:
    desk.edit(text_prompt("rules", include("fix")))
    said = desk("push")
    assert said.code == 2
    assert "fix -> rules -> fix" in said.err
    assert desk.langfuse.requests == []


def test_a_protected_label_is_explained(desk: Desk) -> None:
    desk.langfuse.project.protected_labels.add("staging")
    said = desk("push", "-n", "plain")
    assert said.code == 3
    assert "You don't have permission to create a prompt with a protected label." in said.err
    assert "An admin or owner may move it in Langfuse" in said.err


def test_a_change_made_in_langfuse_is_no_news_to_push_until_it_is_told(desk: Desk) -> None:
    desk("push", "-n", "plain")
    add_version(desk.langfuse.project, {"name": "plain", "prompt": "Edited there.", "labels": ["staging"]})
    said = desk("push", "-n", "plain")
    assert "plain: a new version after 2, the label staging leaves version 2\n" in said.out
    assert desk.versions() == {"plain": 3}


def test_the_label_latest_can_not_be_pushed_to(desk: Desk) -> None:
    said = desk("push", "-l", "latest")
    assert said.code == 2
    assert "latest is Langfuse's own" in said.err


def test_another_kind_of_prompt_under_the_same_name_is_told(desk: Desk) -> None:
    add_version(desk.langfuse.project, {"name": "fix", "prompt": "a text", "labels": []})
    said = desk("push", "-n", "fix")
    assert said.code == 2
    assert "Previous versions have different prompt type" in said.err


def test_the_files_are_left_as_they_are(desk: Desk) -> None:
    desk("push")
    assert desk.folder.read("fix") == FIX


def test_a_label_that_was_moved_back_is_found_again(desk: Desk) -> None:
    desk("push", "-n", "plain")
    desk.edit(text_prompt("plain", "Say goodbye."))
    desk("push", "-n", "plain")
    old = find_version(desk.langfuse.project, "plain", version=1)
    assert old
    add_labels(desk.langfuse.project, old, ("staging",))
    assert "version 2 says this already, the label staging leaves version 1" in desk("push", "-n", "plain").out
