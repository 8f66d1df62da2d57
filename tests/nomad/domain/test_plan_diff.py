"""A plan's diff reads like `nomad job plan`."""

import json

from muster.nomad.domain.plan_diff import plan_changes, render_plan
from shared_data import SHARED, needs_shared


def recorded_diff(case: str) -> dict:
    return json.loads((SHARED / "nomad-api" / f"plan_{case}.json").read_text())["response"]["body"]["Diff"]


@needs_shared
def test_an_added_variable_is_one_line_under_its_task():
    assert render_plan(recorded_diff("env_changed")).splitlines() == [
        '+/- Job: "pl-new"',
        '+/- Task Group: "app" (1 create/destroy update, 1 ignore)',
        '  +/- Task: "main" (forces create/destroy update)',
        '    + Env[A]: "1"',
    ]


@needs_shared
def test_an_unchanged_job_has_no_diff():
    diff = recorded_diff("unchanged")
    assert not plan_changes(diff)
    assert render_plan(diff) == ""


@needs_shared
def test_a_new_job_is_its_groups_and_tasks_without_every_default():
    assert render_plan(recorded_diff("new_job")).splitlines() == [
        '+ Job: "pl-new"',
        '+ Task Group: "app" (2 create)',
        '  + Task: "main" (forces create)',
    ]


@needs_shared
def test_an_edited_object_shows_what_changed_inside():
    text = render_plan(recorded_diff("resources_changed"))
    assert "=>" in text
    assert "Resources {" in text
