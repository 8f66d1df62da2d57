"""How many allocations a change places, replaces or leaves."""

import pytest

from muster.nomad.embedded.differences.destructive import replaces_allocations, spec_changed
from muster.nomad.embedded.differences.updates import desired_updates
from nomad.embedded.validation_jobs import GROUP, JOB, SECOND, SERVICE, TASK, Json, job, with_group, with_task


def counted(old: Json | None, new: Json, running: int = 0, nodes: int = 0) -> Json:
    """The counts of the group that are not zero."""
    counts = desired_updates(old, new, {"app": running}, eligible_nodes=nodes)["app"]
    assert isinstance(counts, dict)
    return {name: count for name, count in counts.items() if count}


def three(**changes: object) -> Json:
    return with_group(**{"Count": 3, **changes})


NEW_IMAGE = [{**TASK, "Config": {"image": "web:2"}}]


def test_a_new_job_is_placed() -> None:
    assert counted(None, three()) == {"Place": 3}


def test_an_unchanged_job_is_left_alone() -> None:
    assert counted(three(), three(), running=3) == {"Ignore": 3}


def test_what_is_missing_of_an_unchanged_job_is_placed_again() -> None:
    assert counted(three(), three(), running=1) == {"Ignore": 1, "Place": 2}


def test_replacements_go_as_many_at_a_time_as_the_update_allows() -> None:
    assert counted(three(), three(Tasks=NEW_IMAGE), running=3) == {"DestructiveUpdate": 1, "Ignore": 2}
    two = {**GROUP["Update"], "MaxParallel": 2}
    assert counted(three(), three(Tasks=NEW_IMAGE, Update=two), running=3) == {"DestructiveUpdate": 2, "Ignore": 1}


def test_without_an_update_block_all_are_replaced_at_once() -> None:
    assert counted(three(), three(Tasks=NEW_IMAGE, Update=None), running=3) == {"DestructiveUpdate": 3}


def test_canaries_come_before_any_replacement() -> None:
    canary = {**GROUP["Update"], "Canary": 1}
    assert counted(three(), three(Tasks=NEW_IMAGE, Update=canary), running=3) == {"Canary": 1, "Ignore": 3}


def test_placements_use_up_the_same_allowance() -> None:
    assert counted(three(), three(Tasks=NEW_IMAGE, Count=4), running=3) == {"Ignore": 3, "Place": 1}


def test_fewer_allocations_stop_and_the_rest_is_updated_in_place() -> None:
    assert counted(three(), three(Count=1), running=3) == {"InPlaceUpdate": 1, "Stop": 2}


def test_a_stopped_job_stops_everything() -> None:
    assert counted(three(), {**three(), "Stop": True}, running=3) == {"Stop": 3}


def test_a_removed_group_is_stopped_and_a_new_one_placed() -> None:
    other = job(TaskGroups=[{**GROUP, "Name": "other", "Count": 2}])
    counts = desired_updates(three(), other, {"app": 3})
    assert {
        name: {key: n for key, n in group.items() if n} for name, group in counts.items() if isinstance(group, dict)
    } == {
        "app": {"Stop": 3},
        "other": {"Place": 2},
    }


def test_a_system_job_is_placed_once_on_every_eligible_node() -> None:
    assert counted(None, {**JOB, "Type": "system"}, nodes=4) == {"Place": 4}


@pytest.mark.parametrize(
    "new",
    [
        with_task(Config={"image": "web:2"}),
        with_task(Env={"A": "1"}),
        with_task(User="nobody"),
        with_task(Driver="exec"),
        with_task(Meta={"a": "b"}),
        with_task(Resources={"CPU": 100, "MemoryMB": 128}),
        with_task(Templates=[{"DestPath": "local/a"}]),
        with_task(Vault={"Policies": ["a"]}),
        with_group(EphemeralDisk={"SizeMB": 400}),
        with_group(Networks=[{"DynamicPorts": [{"Label": "api", "HostNetwork": "default"}]}]),
        with_group(Affinities=[{"LTarget": "${x}", "RTarget": "a", "Operand": "=", "Weight": 50}]),
        with_group(Tasks=[TASK, {**TASK, "Name": "b"}]),
        with_group(Tasks=[{**TASK, "Name": "b"}]),
        job(Meta={"a": "b"}),
    ],
)
def test_these_changes_replace_allocations(new: Json) -> None:
    assert spec_changed(JOB, new)
    assert replaces_allocations(JOB, new, "app")


@pytest.mark.parametrize(
    "new",
    [
        with_group(Count=5),
        with_group(Services=[SERVICE]),
        with_group(Update={**GROUP["Update"], "Canary": 1}),
        with_task(KillTimeout=10 * SECOND),
        with_task(LogConfig={"MaxFiles": 1, "MaxFileSizeMB": 1}),
        with_group(Constraints=[{"LTarget": "${x}", "RTarget": "a", "Operand": "="}]),
        job(Priority=60),
    ],
)
def test_these_changes_are_made_in_place(new: Json) -> None:
    assert spec_changed(JOB, new)
    assert not replaces_allocations(JOB, new, "app")


def test_what_the_server_writes_into_a_job_is_no_change() -> None:
    assert not spec_changed(JOB, job(Version=3, Status="running", ModifyIndex=99, Stable=True))
