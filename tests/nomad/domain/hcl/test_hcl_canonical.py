"""Defaults filled into jobs that came as JSON."""

from typing import Any

import pytest
from hypothesis import given, settings

from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.render import render_json
from muster.nomad.domain.spec import JobSpec
from nomad.domain.hcl.recorded_parses import corpus
from nomad.domain.strategies import specs
from shared_data import needs_shared

SMALL: dict[str, Any] = {"ID": "j", "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Driver": "docker"}]}]}


def task(**fields: Any) -> Any:
    job = {**SMALL, "TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", **fields}]}]}
    return canonicalize_job(job)["TaskGroups"][0]["Tasks"][0]  # type: ignore[index]  # JSON


@needs_shared
@pytest.mark.parametrize("recorded", [one for one in corpus() if one.job], ids=lambda recorded: recorded.name)
def test_a_canonical_job_stays_as_it_is(recorded: Any) -> None:
    assert canonicalize_job(recorded.job) == recorded.job


@settings(max_examples=30, deadline=None)
@given(specs())
def test_canonicalizing_twice_changes_nothing(spec: JobSpec) -> None:
    once = canonicalize_job(render_json(spec))
    assert canonicalize_job(once) == once


def test_keys_that_are_missing_are_added() -> None:
    job = canonicalize_job(SMALL)
    assert (job["Name"], job["Namespace"], job["Priority"], job["Type"]) == ("j", "default", 50, "service")
    assert task()["Resources"] == {
        "CPU": 100, "Cores": 0, "Devices": None, "DiskMB": None, "IOPS": None, "MemoryMB": 300, "MemoryMaxMB": None, "Networks": None,
    }  # fmt: skip


def test_names_that_nomad_does_not_know_are_dropped_and_case_does_not_matter() -> None:
    job = canonicalize_job({"id": "j", "Bogus": 1})
    assert job["ID"] == "j"
    assert "Bogus" not in job


def test_cores_take_the_place_of_mhz() -> None:
    assert (task(Resources={"Cores": 2})["Resources"]["CPU"], task()["Resources"]["CPU"]) == (0, 100)


def test_a_batch_job_has_other_defaults() -> None:
    group = canonicalize_job({**SMALL, "Type": "batch"})["TaskGroups"][0]  # type: ignore[index]  # JSON
    assert (group["Update"], group["RestartPolicy"]["Attempts"], group["ReschedulePolicy"]["Attempts"]) == (None, 3, 1)


def test_a_group_inherits_what_it_does_not_say() -> None:
    groups = [{"Name": "g", "Update": {"Canary": 1}}]
    job = canonicalize_job({"ID": "j", "Update": {"MaxParallel": 3}, "TaskGroups": groups})
    update = job["TaskGroups"][0]["Update"]  # type: ignore[index]  # JSON
    assert (update["MaxParallel"], update["Canary"]) == (3, 1)


def test_a_service_is_named_after_job_group_and_task() -> None:
    assert task(Services=[{"Checks": [{"Type": "tcp"}]}])["Services"][0]["Name"] == "j-g-t"


def test_null_groups_and_odd_values_do_not_break_it() -> None:
    assert canonicalize_job({"TaskGroups": None, "Periodic": {}, "Multiregion": {}})["ID"] == ""
