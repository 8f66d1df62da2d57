"""What requests alone write: namespaces, variables, volumes, settings; each outlives the process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nomad.embedded.api_replay import Api
from nomad.embedded.jobs import job


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with Api(tmp_path) as opened:
        yield opened


def test_a_namespace_with_a_live_job_is_not_deleted(api: Api) -> None:
    api.ask("PUT", "/v1/namespace", {"Name": "shop"})
    api.register({**job(), "Namespace": "shop"}, 1)
    refused = api.ask("DELETE", "/v1/namespace/shop")
    assert (refused.status_code, "has non-terminal jobs" in refused.text) == (500, True)
    api.ask("DELETE", "/v1/job/web?namespace=shop&purge=true")
    assert api.ask("DELETE", "/v1/namespace/shop").status_code == 200


def test_jobs_of_one_name_live_in_two_namespaces(api: Api) -> None:
    api.ask("PUT", "/v1/namespace", {"Name": "shop"})
    api.register(job(), 1)
    api.register({**job(), "Namespace": "shop"}, 1)
    assert len(api.ask("GET", "/v1/jobs").json()) == 1
    assert len(api.ask("GET", "/v1/jobs?namespace=*").json()) == 2


def test_a_job_in_a_namespace_that_is_not_there_is_refused(api: Api) -> None:
    refused = api.ask("PUT", "/v1/jobs", {"Job": {**job(), "Namespace": "none"}})
    assert "nonexistent namespace" in refused.text


def test_check_and_set_tells_what_is_there(api: Api) -> None:
    first = api.ask("PUT", "/v1/var/a/b?cas=0", {"Items": {"x": "1"}}).json()
    conflict = api.ask("PUT", "/v1/var/a/b?cas=0", {"Items": {"x": "2"}})
    assert (conflict.status_code, conflict.json()) == (409, first)
    assert api.ask("PUT", f"/v1/var/a/b?cas={first['ModifyIndex']}", {"Items": {"x": "2"}}).status_code == 200


@pytest.mark.parametrize("path", ["nomad", "nomad/other", "with space", "x" * 129])
def test_a_variable_at_a_path_that_is_none_is_refused(api: Api, path: str) -> None:
    assert api.ask("PUT", f"/v1/var/{path}", {"Items": {"a": "1"}}).status_code == 500


def test_metadata_lists_show_no_values(api: Api) -> None:
    api.ask("PUT", "/v1/var/nomad/jobs/web", {"Items": {"password": "hush"}})
    assert "hush" not in api.ask("GET", "/v1/vars?prefix=nomad/").text


def test_what_was_written_outlives_the_process(tmp_path: Path) -> None:
    with Api(tmp_path) as before:
        before.ask("PUT", "/v1/namespace", {"Name": "shop"})
        before.ask("PUT", "/v1/var/a", {"Items": {"x": "1"}})
        before.ask("PUT", "/v1/operator/scheduler/configuration", {"SchedulerAlgorithm": "spread"})
        told = [before.ask("GET", path).json() for path in ("/v1/namespaces", "/v1/var/a")]
    with Api(tmp_path) as after:
        assert [after.ask("GET", path).json() for path in ("/v1/namespaces", "/v1/var/a")] == told
        settings = after.ask("GET", "/v1/operator/scheduler/configuration").json()["SchedulerConfig"]
        assert settings["SchedulerAlgorithm"] == "spread"


def test_the_journal_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Api(tmp_path):
        assert (tmp_path / "journal.jsonl").stat().st_mode & 0o077 == 0


def test_a_scaled_group_has_its_count_and_the_event(api: Api) -> None:
    api.register(job(), 20)
    scaled = api.ask("PUT", "/v1/job/web/scale", {"Target": {"Group": "app"}, "Count": 3, "Message": "more"})
    assert scaled.status_code == 200, scaled.text
    status = api.ask("GET", "/v1/job/web/scale").json()["TaskGroups"]["app"]
    assert (status["Desired"], status["Events"][0]["Message"]) == (3, "more")


def test_search_finds_parts_of_names(api: Api) -> None:
    api.register(job(), 1)
    found = api.ask("POST", "/v1/search/fuzzy", {"Text": "AP", "Context": "all"}).json()["Matches"]
    assert found["groups"] == [{"ID": "app", "Scope": ["default", "web"]}]


def test_an_unknown_path_is_not_found_without_a_word(api: Api) -> None:
    answer = api.ask("GET", "/v1/zip")
    assert (answer.status_code, answer.text) == (404, "")
