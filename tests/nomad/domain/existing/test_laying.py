"""Our spec over a job that runs."""

from typing import Any

import pytest

from muster.nomad.domain.existing.kept import kept_notes, without_server_fields
from muster.nomad.domain.existing.laying import Unsaid, lay_over
from muster.nomad.domain.existing.matching import (
    as_running,
    dropped_groups,
    group_questions,
    matched_notes,
    without_groups,
)
from muster.nomad.domain.existing.overlay import lay_change
from muster.nomad.domain.existing.projection import json_of, project_job
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.hcl.render import render_json
from muster.nomad.domain.network import Network, Port
from muster.nomad.domain.policies import Restart, Update
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import DockerConfig, Resources, TaskSpec, Template
from nomad.domain.hcl.recorded_parses import corpus
from shared_data import needs_shared

TASK = TaskSpec(
    name="web",
    config=DockerConfig(image="shop:2", ports=("http",)),
    env={"LEVEL": "info"},
    resources=Resources(cpu_mhz=200, memory_mb=128),
)
GROUP = GroupSpec(
    name="web",
    network=Network(ports=(Port(label="http", to=8080),)),
    tasks=(TASK,),
    update=Update(progress_deadline_s=240.0),
    restart=Restart(attempts=3, interval_s=60.0, delay_s=5.0, mode="fail"),
)
BUILT = JobSpec(name="shop", groups=(GROUP,))


def running(spec: JobSpec = BUILT) -> Any:
    """The spec as a cluster answers it."""
    return {**canonicalize_job(render_json(spec)), "Status": "running", "Version": 3, "Stable": True}


def laid(there: Any, built: JobSpec = BUILT, unsaid: Unsaid | None = None) -> Any:
    """What would be registered."""
    before = project_job(there)
    after = lay_over(before, built, unsaid or Unsaid())
    return lay_change(there, json_of(before), json_of(after))


def test_a_job_of_ours_stays_what_it_is() -> None:
    assert laid(running()) == running()


def test_of_a_job_of_ours_nothing_is_told() -> None:
    assert kept_notes(running(), BUILT) == ()


def test_what_we_state_wins() -> None:
    there = running(BUILT.with_task("web", TASK.model_copy(update={"config": DockerConfig(image="shop:1")})))
    task = laid(there)["TaskGroups"][0]["Tasks"][0]
    assert task["Config"] == {"image": "shop:2", "ports": ["http"]}


def test_what_a_spec_can_not_say_is_kept() -> None:
    there = running()
    there["TaskGroups"][0]["Tasks"][0]["LogConfig"] = {"MaxFiles": 3, "MaxFileSizeMB": 5}
    there["TaskGroups"][0]["Tasks"].append({"Name": "ship", "Driver": "exec", "Config": {"command": "ship"}})
    assert laid(there) == there


def test_a_group_that_we_know_nothing_about_is_kept_and_told() -> None:
    there = running()
    there["TaskGroups"].append({"Name": "cron", "Count": 2, "Tasks": []})
    assert laid(there) == there
    assert kept_notes(laid(there), BUILT) == ("kept of the running job: TaskGroups.cron",)


RENAMED = JobSpec(
    name="shop",
    groups=(GROUP.model_copy(update={"name": "store", "tasks": (TASK.model_copy(update={"name": "store"}),)}),),
)


def test_a_lone_group_and_its_lone_task_are_those_of_the_running_job_whatever_they_are_called() -> None:
    assert laid(running(), RENAMED) == running()


def test_a_lone_docker_task_is_the_lone_one_beside_what_runs_otherwise() -> None:
    there = running()
    there["TaskGroups"][0]["Tasks"].append({"Name": "ship", "Driver": "exec", "Config": {"command": "ship"}})
    assert laid(there, RENAMED) == there


def test_what_is_only_a_default_of_ours_gives_way_in_a_group_of_another_name_too() -> None:
    there = running()
    there["TaskGroups"][0]["Count"] = 5
    there["TaskGroups"][0]["Tasks"][0]["Resources"]["MemoryMB"] = 900
    assert laid(there, RENAMED, Unsaid(counts=("store",), memory=("store",))) == there


def test_that_two_names_are_one_group_is_told_and_nothing_else() -> None:
    there = project_job(running())
    assert kept_notes(running(), as_running(RENAMED, there)) == ()
    assert matched_notes(RENAMED, there) == ("store is the group web of the running job, which keeps its name",)


def two_groups() -> JobSpec:
    return BUILT.model_copy(update={"groups": (GROUP, GROUP.model_copy(update={"name": "cron", "count": 3}))})


def test_a_group_that_only_the_running_job_has_is_a_question_and_kept_by_default() -> None:
    (question,) = group_questions(BUILT, project_job(running(two_groups())))
    assert (question.id, question.default) == ("cron.group", ["keep"])
    assert group_questions(two_groups(), project_job(running(two_groups()))) == ()


def test_a_group_that_is_dropped_is_gone_and_its_neighbour_may_be_the_lone_one_then() -> None:
    there = running(two_groups())
    before = project_job(there)
    after = lay_over(without_groups(before, dropped_groups({"cron.group": ["drop"]})), RENAMED, Unsaid())
    job = lay_change(there, json_of(before), json_of(after))
    assert job == running()


def test_a_constraint_is_kept_and_told() -> None:
    there = running()
    there["Constraints"] = [{"LTarget": "${meta.rack}", "Operand": "is_set", "RTarget": ""}]
    assert laid(there) == there
    assert kept_notes(laid(there), BUILT) == ("kept of the running job: Constraints",)


def test_a_count_that_was_scaled_by_hand_is_kept_where_ours_is_only_a_default() -> None:
    there = running()
    there["TaskGroups"][0]["Count"] = 5
    assert laid(there, unsaid=Unsaid(counts=("web",)))["TaskGroups"][0]["Count"] == 5
    assert kept_notes(there, BUILT) == ("kept of the running job: TaskGroups.web.Count = 5",)


def test_a_duration_that_is_kept_is_told_in_seconds() -> None:
    there = running()
    there["TaskGroups"][0]["Tasks"][0]["KillTimeout"] = 30_000_000_000
    assert kept_notes(there, BUILT) == ("kept of the running job: TaskGroups.web.Tasks.web.KillTimeout = 30 s",)


def test_a_count_that_we_state_wins() -> None:
    there = running()
    there["TaskGroups"][0]["Count"] = 5
    assert laid(there)["TaskGroups"][0]["Count"] == 1


def test_a_size_that_was_raised_is_kept_where_ours_is_only_a_default() -> None:
    there = running()
    there["TaskGroups"][0]["Tasks"][0]["Resources"] |= {"MemoryMB": 900, "CPU": 700}
    kept = laid(there, unsaid=Unsaid(memory=("web",)))["TaskGroups"][0]["Tasks"][0]["Resources"]
    assert (kept["MemoryMB"], kept["CPU"]) == (900, 200)


def test_datacenters_stay_where_ours_are_only_those_of_the_cluster() -> None:
    there = running(BUILT.model_copy(update={"datacenters": ("dc2",)}))
    assert laid(there, unsaid=Unsaid(datacenters=True))["Datacenters"] == ["dc2"]
    assert laid(there)["Datacenters"] == ["dc1"]


def test_a_policy_of_its_own_is_kept() -> None:
    own = GROUP.model_copy(update={"restart": Restart(attempts=9, interval_s=900.0, delay_s=1.0, mode="delay")})
    there = running(BUILT.with_group(own))
    assert laid(there) == there


def test_a_policy_that_nomad_takes_by_itself_gives_way_to_ours() -> None:
    there = running(BUILT.with_group(GROUP.model_copy(update={"restart": None, "update": None})))
    assert laid(there)["TaskGroups"][0]["RestartPolicy"]["Attempts"] == 3


def test_a_variable_of_the_environment_is_kept_and_told_without_its_value() -> None:
    there = running()
    there["TaskGroups"][0]["Tasks"][0]["Env"]["EXTRA"] = "hush"
    assert laid(there) == there
    assert kept_notes(there, BUILT) == ("kept of the running job: TaskGroups.web.Tasks.web.Env.EXTRA",)


def test_a_secret_that_comes_from_its_place_now_leaves_the_environment() -> None:
    there = running()
    there["TaskGroups"][0]["Tasks"][0]["Env"]["DB_PASSWORD"] = "hunter2"
    template = Template(data='DB_PASSWORD={{ "x" }}\n', destination="secrets/a.env", env=True)
    task = laid(there, BUILT.with_task("web", TASK.model_copy(update={"templates": (template,)})))
    assert task["TaskGroups"][0]["Tasks"][0]["Env"] == {"LEVEL": "info"}


def test_many_things_that_are_kept_are_not_all_told() -> None:
    there = running()
    there["TaskGroups"] += [{"Name": f"group{number}", "Tasks": []} for number in range(40)]
    notes = kept_notes(there, BUILT)
    assert len(notes) == 13
    assert notes[-1] == "kept of the running job: 28 things more"


@needs_shared
@pytest.mark.parametrize("recorded", [one for one in corpus() if one.job], ids=lambda recorded: recorded.name)
def test_a_public_job_laid_over_itself_stays_what_it_is(recorded: Any) -> None:
    there = canonicalize_job(recorded.job)
    assert laid(there, project_job(there)) == there


def test_a_group_that_is_new_to_a_running_job_takes_nothing_empty_from_the_jobs_own_rollout() -> None:
    served: Any = {"Stagger": 30_000_000_000, "MaxParallel": 2, "HealthCheck": "", "ProgressDeadline": 0}
    there = without_server_fields({**running(), "Update": served})
    built = BUILT.model_copy(update={"groups": (GROUP, GROUP.model_copy(update={"name": "api"}))})
    registered: Any = canonicalize_job(laid(there, built))
    assert [group["Update"]["HealthCheck"] for group in registered["TaskGroups"]] == ["checks", "checks"]


@pytest.mark.parametrize("served", [{"Stagger": 0, "MaxParallel": 0}, {"Stagger": 30_000_000_000, "MaxParallel": 1}])
def test_a_rollout_of_the_job_that_nobody_wrote_is_no_rollout(served: Any) -> None:
    assert without_server_fields({"Update": {**served, "HealthCheck": ""}})["Update"] is None


def test_a_rollout_of_the_job_that_somebody_wrote_stays() -> None:
    served: Any = {"Stagger": 30_000_000_000, "MaxParallel": 2, "HealthCheck": ""}
    assert without_server_fields({"Update": served})["Update"] == {"Stagger": 30_000_000_000, "MaxParallel": 2}


def test_a_stated_count_of_none_is_taken() -> None:
    group = GROUP.model_copy(update={"count": 0})
    assert laid(running(), BUILT.model_copy(update={"groups": (group,)}))["TaskGroups"][0]["Count"] == 0


def test_a_variable_whose_name_only_ends_another_ones_stays() -> None:
    there = running(BUILT.with_task("web", TASK.model_copy(update={"env": {"URL": "made by hand"}})))
    template = Template(data='REDIS_URL="redis://x"\n', destination="local/addresses.env", env=True)
    task = TASK.model_copy(update={"templates": (template,)})
    assert laid(there, BUILT.with_task("web", task))["TaskGroups"][0]["Tasks"][0]["Env"]["URL"] == "made by hand"
