"""What a repair teaches."""

import pytest

from muster.core.repairs import Repair
from muster.nomad.domain.patches.check import SetCheckPath, SetCheckType
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.patches.task import SetEnv, SetMemory
from muster.nomad.domain.remembering.lesson import Trial, before_of, results_of, trial_of, without_tag
from muster.nomad.domain.remembering.touched import touched
from nomad.domain.failing_jobs import web_job
from nomad.domain.remembering.lessons import OOM, lesson, more

WRONG = OOM.model_copy(update={"kind": "check_path"})
SLOW = OOM.model_copy(update={"kind": "check_timing"})


def tried(*patches: SpecPatch, causes=()) -> list[Trial]:
    spec, trials = web_job(), list[Trial]()
    for place, patch in enumerate(patches):
        cause = causes[place] if causes else OOM
        repair = Repair[SpecPatch](patch=patch, reason="r", expected_effect="e")
        trials.append(trial_of(cause, repair, spec))
        spec = apply_patch(spec, patch)
    return trials


def test_only_the_touched_value_is_kept_of_the_job() -> None:
    (trial,) = tried(more(512))
    assert trial.before == {"groups[web].tasks[app].resources.memory_mb": 128}


def test_a_repair_after_one_that_failed_knows_what_the_value_was_before_both() -> None:
    before = before_of(tried(more(256), more(512)), ("failed", "worked"), 1)
    assert before == {"groups[web].tasks[app].resources.memory_mb": 128}


def test_a_repair_after_one_that_worked_builds_on_it() -> None:
    root = SetCheckPath(group="web", service="web", path="/")
    trials = tried(root, SetCheckType(group="web", service="web"), causes=(WRONG, SLOW))
    before = before_of(trials, ("worked", "worked"), 1)
    assert before["groups[web].services[web].checks[0].path"] == "/"


def test_what_was_not_there_is_kept_as_nothing() -> None:
    patch = SetEnv(group="web", task="app", name="MODE", value="fast")
    assert touched(web_job(), patch) == {"groups[web].tasks[app].env.MODE": None}


def test_the_reasons_of_a_job_are_no_part_of_what_is_touched() -> None:
    explained = web_job().model_copy(update={"reasons": {"group.web.task.app.resources.memory": "compose"}})
    assert touched(explained, more(512)) == touched(web_job(), more(512))


def test_a_repair_whose_failure_came_back_failed_and_the_last_one_worked() -> None:
    assert results_of(tried(more(256), more(512)), healthy=True, last=None) == ("failed", "worked")


def test_two_different_failures_that_were_both_cured_teach_both() -> None:
    path = SetCheckPath(group="web", service="web", path="/")
    trials = tried(more(256), path, causes=(OOM, SLOW))
    assert results_of(trials, healthy=True, last=None) == ("worked", "worked")


def test_a_run_that_never_became_healthy_teaches_only_what_did_not_help() -> None:
    path = SetCheckPath(group="web", service="web", path="/")
    trials = tried(more(256), path, causes=(OOM, SLOW))
    assert results_of(trials, healthy=False, last=SLOW) == (None, "failed")


def test_a_failure_that_comes_back_later_was_not_cured() -> None:
    path = SetCheckPath(group="web", service="web", path="/")
    trials = tried(more(256), path, more(512), causes=(OOM, SLOW, OOM))
    assert results_of(trials, healthy=True, last=None) == (None, "worked", "worked")


def test_the_same_lesson_of_another_run_says_the_same() -> None:
    assert lesson(more(512)).says_the_same_as(lesson(more(512), minutes=5))
    assert not lesson(more(512)).says_the_same_as(lesson(more(1024)))
    assert not lesson(more(512)).says_the_same_as(lesson(more(512), result="failed"))


@pytest.mark.parametrize(
    "image", ["r:5000/a/web", "r:5000/a/web:1", "r:5000/a/web@sha256:00", "r:5000/a/web:1@sha256:00"]
)
def test_an_images_repository_has_no_tag_and_no_digest(image: str) -> None:
    assert without_tag(image) == "r:5000/a/web"


def test_a_patch_whose_target_is_gone_touches_nothing() -> None:
    gone = SetMemory(group="web", task="gone", memory_mb=512)
    repair = Repair[SpecPatch](patch=gone, reason="r", expected_effect="e")
    assert trial_of(OOM, repair, web_job()).before == {}
