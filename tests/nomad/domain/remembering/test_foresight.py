"""Cures that are applied before the same application fails again."""

from collections.abc import Collection

from muster.core.evidence import Sourced
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.check import SetCheckPath
from muster.nomad.domain.patches.group import SetDatacenters
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import SetEnv, SetImage
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.remembering.foresight import Foreseen, foresee
from muster.nomad.domain.remembering.lesson import Lesson
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import DockerConfig, Resources
from nomad.domain.failing_jobs import web_job
from nomad.domain.remembering.lessons import APPLICATION, OOM, lesson, more
from nomad.fakes import FACTS

MISSING = Cause(kind="missing_env", remedy="rule", summary="it needs MODE", group="web", task="app")


def foreseen(
    *lessons: Lesson,
    spec: JobSpec | None = None,
    cluster: str = "prod",
    wishes: Wishes | None = None,
    answers: Collection[str] = (),
    variables: Collection[str] = (),
) -> Foreseen:
    return foresee(
        spec or web_job(),
        lessons,
        cluster=cluster,
        room=FACTS,
        wishes=wishes or Wishes(),
        answers=answers,
        variables=variables,
    )


def memory_mb(found: Foreseen) -> int:
    return found.spec.task("web", "app").resources.memory_mb


def test_a_cure_is_applied_with_its_reason_and_its_run() -> None:
    found = foreseen(lesson(more(512)))
    assert memory_mb(found) == 512
    (note,) = found.notes
    assert "set_memory memory_mb=512 after memory in run run-0" in note
    assert found.spec.reasons["group.web.task.app.resources.memory"] == note


def test_a_value_that_was_changed_since_is_left_alone() -> None:
    assert memory_mb(foreseen(lesson(more(512)), spec=web_job(resources=Resources(memory_mb=256)))) == 256


def test_cures_follow_one_another_in_the_order_they_were_learnt() -> None:
    grown = web_job(resources=Resources(memory_mb=512, cpu_mhz=200))
    assert memory_mb(foreseen(lesson(more(1024), before=grown, minutes=9), lesson(more(512)))) == 1024


def test_what_failed_after_it_had_worked_is_not_applied() -> None:
    assert memory_mb(foreseen(lesson(more(512)), lesson(more(512), result="failed", minutes=9))) == 128


def test_another_cluster_another_image_and_another_job_are_not_the_same_application() -> None:
    assert memory_mb(foreseen(lesson(more(512)), cluster="edge")) == 128
    for field in ("image", "job", "task"):
        other = APPLICATION.model_copy(update={field: "other"})
        assert memory_mb(foreseen(lesson(more(512), application=other))) == 128


def test_another_tag_is_the_same_application() -> None:
    config = DockerConfig(image="registry.example/app:2", ports=("http",))
    assert memory_mb(foreseen(lesson(more(512)), spec=web_job(config=config))) == 512


def test_the_prompt_has_the_last_word() -> None:
    wishes = Wishes(memory_mb=Sourced(value=128, source="user"))
    assert memory_mb(foreseen(lesson(more(512)), wishes=wishes)) == 128


def test_an_answer_has_the_last_word() -> None:
    assert memory_mb(foreseen(lesson(more(512)), answers=["app.resources"])) == 128


def test_what_lay_in_the_cluster_is_not_cured_in_advance() -> None:
    full = Cause(kind="datacenter", remedy="rule", summary="no node is in dc9")
    there = SetDatacenters(datacenters=("dc1",))
    spec = web_job().model_copy(update={"datacenters": ("dc9",)})
    learnt = lesson(
        there, before=spec, cause=full, application=APPLICATION.model_copy(update={"task": "", "image": ""})
    )
    assert foreseen(learnt, spec=spec).notes == ()


def test_no_more_is_asked_than_a_node_has() -> None:
    assert memory_mb(foreseen(lesson(more(FACTS.largest_node_memory_mb + 1)))) == 128


def test_an_image_keeps_its_repository() -> None:
    def image_after(image: str) -> object:
        learnt = lesson(SetImage(group="web", task="app", image=image), cause=OOM)
        return foreseen(learnt).spec.task("web", "app").config.image

    assert image_after("evil.example/app:1") == "registry.example/app:1"
    assert image_after("registry.example/app:2") == "registry.example/app:2"


def env_after(patch: SpecPatch, *variables: str) -> dict:
    return foreseen(lesson(patch, cause=MISSING), variables=variables).spec.task("web", "app").env


def test_a_variable_is_set_only_where_the_application_reads_it() -> None:
    mode = SetEnv(group="web", task="app", name="MODE", value="fast")
    assert env_after(mode, "MODE") == {"MODE": "fast"}
    assert env_after(mode) == {}


def test_a_secret_is_never_set() -> None:
    secret = SetEnv(group="web", task="app", name="DB_PASSWORD", value="hunter2hunter2")
    assert env_after(secret, "DB_PASSWORD") == {}


def test_a_check_whose_service_is_gone_is_passed_over() -> None:
    wrong = Cause(kind="check_path", remedy="rule", summary="404", group="web", task="app")
    learnt = lesson(SetCheckPath(group="web", service="web", path="/up"), cause=wrong)
    assert foreseen(learnt).spec.group("web").services[0].checks[0].path == "/up"
    bare = web_job().with_group(web_job().group("web").model_copy(update={"services": ()}))
    assert foreseen(learnt, spec=bare).spec == bare
