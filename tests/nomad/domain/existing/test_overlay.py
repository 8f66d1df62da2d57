"""A change laid over a job that says more than a spec can hold."""

import copy
from typing import Any

import pytest

from muster.nomad.domain.existing.overlay import lay_change
from muster.nomad.domain.existing.projection import json_of, project_job
from nomad.domain.existing.changed_jobs import with_count
from nomad.domain.hcl.recorded_parses import RecordedParse, corpus
from shared_data import needs_shared

ACCEPTED = [one for one in corpus() if one.job]


@needs_shared
@pytest.mark.parametrize("recorded", ACCEPTED, ids=lambda recorded: recorded.name)
def test_without_a_change_a_public_job_stays_what_it_is(recorded: RecordedParse) -> None:
    assert recorded.job is not None
    spec = project_job(recorded.job)
    assert lay_change(recorded.job, json_of(spec), json_of(spec)) == recorded.job


@needs_shared
@pytest.mark.parametrize("recorded", ACCEPTED, ids=lambda recorded: recorded.name)
def test_one_more_instance_changes_exactly_the_count_of_a_public_job(recorded: RecordedParse) -> None:
    assert recorded.job is not None
    spec = project_job(recorded.job)
    for index, group in enumerate(spec.groups):
        wanted: Any = copy.deepcopy(recorded.job)
        wanted["TaskGroups"][index]["Count"] = group.count + 1
        after = with_count(spec, group.name, group.count + 1)
        assert lay_change(recorded.job, json_of(spec), json_of(after)) == wanted


def laid(base: Any, before: Any, after: Any) -> Any:
    return lay_change(base, before, after)


def test_named_things_match_by_name_whatever_their_order() -> None:
    base = [{"Name": "a", "Own": 1}, {"Name": "b", "Own": 2}]
    before = [{"Name": "b", "Count": 1}, {"Name": "a", "Count": 1}]
    after = [{"Name": "b", "Count": 3}, {"Name": "a", "Count": 1}]
    assert laid(base, before, after) == [{"Name": "a", "Own": 1}, {"Name": "b", "Own": 2, "Count": 3}]


def test_what_a_spec_does_not_know_is_not_removed() -> None:
    base = [{"Name": "web"}, {"Name": "sidecar", "Driver": "exec"}]
    assert laid(base, [{"Name": "web"}], [{"Name": "web", "User": "app"}]) == [
        {"Name": "web", "User": "app"},
        {"Name": "sidecar", "Driver": "exec"},
    ]


def test_a_named_thing_that_is_taken_out_goes() -> None:
    base = [{"Name": "web"}, {"Name": "old"}, {"Name": "other"}]
    assert laid(base, [{"Name": "web"}, {"Name": "old"}], [{"Name": "web"}]) == [
        {"Name": "web"},
        {"Name": "other"},
    ]


def test_nameless_things_match_by_place() -> None:
    base = [{"LTarget": "a", "Own": 1}, {"LTarget": "b"}]
    before = [{"LTarget": "a"}, {"LTarget": "b"}]
    after = [{"LTarget": "c"}, {"LTarget": "b"}, {"LTarget": "d"}]
    assert laid(base, before, after) == [{"LTarget": "c", "Own": 1}, {"LTarget": "b"}, {"LTarget": "d"}]


def test_services_of_one_name_match_by_place() -> None:
    base = [{"Name": "web", "PortLabel": "a"}, {"Name": "web", "PortLabel": "b"}]
    before = copy.deepcopy(base)
    after = [{"Name": "web", "PortLabel": "a"}, {"Name": "web", "PortLabel": "c"}]
    assert laid(base, before, after) == after


def test_a_variable_is_added_and_one_taken_out() -> None:
    assert laid({"A": "1", "B": "2"}, {"A": "1"}, {"C": "3"}) == {"B": "2", "C": "3"}
