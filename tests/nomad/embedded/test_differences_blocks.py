"""What a difference shows that no recording does: services, ports, driver numbers, in-place changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.embedded.differences.annotations import annotate
from muster.nomad.embedded.differences.fields import flatten_free
from muster.nomad.embedded.differences.jobs import diff_jobs
from nomad.embedded.validation_jobs import CHECK, GROUP, JOB, SECOND, SERVICE, TASK, Json, job, with_group, with_task


def group_diff(new: Json, old: Json = JOB) -> Json:
    diff: Any = annotate(diff_jobs(old, new, contextual=True), {"app": {"Place": 0, "InPlaceUpdate": 1}})
    return diff["TaskGroups"][0]


def task_diff(new: Json, old: Json = JOB) -> Json:
    return group_diff(new, old)["Tasks"][0]


def lines(block: Json) -> list[str]:
    """The fields of a block in one line each; `+` added, `-` deleted, `~` edited, a blank unchanged."""
    signs = {"Added": "+", "Deleted": "-", "Edited": "~", "None": " "}
    return [
        f"{signs[field['Type']]}{field['Name']}: {field['Old']} -> {field['New']}" for field in block["Fields"] or []
    ]


def test_the_same_job_has_no_difference() -> None:
    diff = diff_jobs(JOB, job(), contextual=True)
    assert (diff["Type"], diff["Fields"], diff["Objects"]) == ("None", None, None)


def test_two_absent_jobs_have_none_and_an_absent_new_one_is_deleted() -> None:
    assert diff_jobs(None, None, contextual=True)["Type"] == "None"
    deleted: Any = diff_jobs(JOB, None, contextual=True)
    assert (deleted["Type"], deleted["ID"], deleted["TaskGroups"][0]["Type"]) == ("Deleted", "web", "Deleted")


def test_a_longer_kill_timeout_is_an_update_in_place() -> None:
    changed = task_diff(with_task(KillTimeout=10 * SECOND))
    assert lines(changed) == ["~KillTimeout: 5000000000 -> 10000000000"]
    assert changed["Annotations"] == ["forces in-place update"]


def test_an_environment_variable_replaces_the_allocation() -> None:
    changed = task_diff(with_task(Env={"A": "1"}))
    assert lines(changed) == ["+Env[A]:  -> 1"]
    assert changed["Annotations"] == ["forces create/destroy update"]


def test_logs_are_an_update_in_place_and_memory_is_not() -> None:
    assert task_diff(with_task(LogConfig={"MaxFiles": 5, "MaxFileSizeMB": 10}))["Annotations"] == [
        "forces in-place update"
    ]
    memory = task_diff(with_task(Resources={"CPU": 100, "MemoryMB": 128}))
    assert memory["Annotations"] == ["forces create/destroy update"]
    assert "~MemoryMB: 64 -> 128" in lines(memory["Objects"][0])


def test_a_mount_edits_the_task_without_a_field() -> None:
    changed = task_diff(with_task(VolumeMounts=[{"Volume": "v", "Destination": "/v"}]))
    assert (changed["Type"], changed["Fields"], changed["Objects"]) == ("Edited", None, None)


def test_the_tags_of_a_service_are_a_set() -> None:
    old = with_group(Services=[{**SERVICE, "Tags": ["a", "b"], "Checks": [CHECK]}])
    new = with_group(Services=[{**SERVICE, "Tags": ["b", "c"], "Checks": [{**CHECK, "Path": "/up"}]}])
    (service,) = group_diff(new, old)["Objects"]
    tags, check = service["Objects"]
    assert lines(tags) == ["+Tags:  -> c", "-Tags: a -> ", " Tags: b -> b"]
    assert (tags["Type"], check["Type"], check["Name"]) == ("Edited", "Edited", "Check")
    assert "~Path: / -> /up" in lines(check)


def test_without_context_only_what_differs_is_shown() -> None:
    old = with_group(Services=[{**SERVICE, "Tags": ["a", "b"]}])
    new = with_group(Services=[{**SERVICE, "Tags": ["a"]}])
    diff: Any = diff_jobs(old, new, contextual=False)
    (service,) = diff["TaskGroups"][0]["Objects"]
    assert service["Fields"] is None
    assert [lines(part) for part in service["Objects"]] == [["-Tags: b -> "]]


def test_a_changed_network_is_deleted_and_added() -> None:
    ports = [{"Label": "http", "HostNetwork": "default", "To": 8080}]
    added, deleted = group_diff(
        with_group(Networks=[{"DynamicPorts": ports, "DNS": {"Servers": ["1.1.1.1", "9.9.9.9"]}}])
    )["Objects"]
    assert (added["Type"], deleted["Type"]) == ("Added", "Deleted")
    port, dns = added["Objects"]
    assert lines(port) == ["+HostNetwork:  -> default", "+Label:  -> http", "+To:  -> 8080"]
    assert lines(dns) == ["+Servers:  -> 1.1.1.1,9.9.9.9"]


def test_a_volume_and_a_constraint_are_shown_under_their_group() -> None:
    new = with_group(
        Volumes={"data": {"Name": "data", "Type": "host", "Source": "data"}},
        Constraints=[{"LTarget": "${attr.arch}", "Operand": "=", "RTarget": "amd64"}],
    )
    assert [part["Name"] for part in group_diff(new)["Objects"]] == ["Constraint", "Volume"]


def test_an_added_task_forces_nothing_but_a_replacement() -> None:
    added = group_diff(with_group(Tasks=[TASK, {**TASK, "Name": "zed"}]))["Tasks"][1]
    assert (added["Type"], added["Annotations"]) == ("Added", ["forces create/destroy update"])


def test_groups_that_a_plan_does_not_count_have_no_updates() -> None:
    diff: Any = annotate(diff_jobs(JOB, job(), contextual=True), {})
    assert diff["TaskGroups"][0]["Updates"] is None


def test_a_group_may_wait_before_it_shuts_down() -> None:
    changed = group_diff(with_group(ShutdownDelay=SECOND))
    assert lines(changed) == ["+ShutdownDelay:  -> 1000000000"]


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (8080, "8080"),
        (1_000_000, "1e+06"),
        (1_234_567, "1.234567e+06"),
        (0.5, "0.5"),
        (0, "0"),
        (-2, "-2"),
        (0.00001, "1e-05"),
        (True, "true"),
        (None, "nil"),
        ("x", "x"),
    ],
)
def test_driver_configuration_is_printed_as_gos_floats(value: Any, printed: str) -> None:
    assert flatten_free({"a": [{"b": value}]}) == {"a[0][b]": printed}


CONFIGS = st.dictionaries(
    st.text(min_size=1, max_size=5),
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers()
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


@given(old=CONFIGS, new=CONFIGS)
def test_a_difference_turned_round_swaps_old_and_new(old: Any, new: Any) -> None:
    there: Any = diff_jobs(with_task(Config=old), with_task(Config=new), contextual=True)
    back: Any = diff_jobs(with_task(Config=new), with_task(Config=old), contextual=True)
    fields = [
        [
            (f["Name"], f["Old"], f["New"])
            for o in diff["TaskGroups"][0]["Tasks"][0]["Objects"] or []
            for f in o["Fields"] or []
        ]
        for diff in (there, back)
    ]
    assert sorted(fields[0]) == sorted((name, new_value, old_value) for name, old_value, new_value in fields[1])


def test_the_group_of_the_test_is_not_changed_by_a_difference() -> None:
    before = repr(GROUP)
    diff_jobs(None, JOB, contextual=True)
    assert repr(GROUP) == before
