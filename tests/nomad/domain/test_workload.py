import pytest

from muster.nomad.domain.facts import (
    BaseImageFact,
    BuildFact,
    FrameworkFact,
    ImageFact,
    LanguageFact,
    PortFact,
    ResourcesFact,
    WorkloadFact,
)
from muster.nomad.domain.workload import classify_workload, size_workload
from nomad.domain.repositories import PYTHON, analysed, say


def service(unit, *facts):
    return analysed(say(unit, *facts)).services[0]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((LanguageFact(language="go"),), "light"),
        ((PYTHON,), "medium"),
        ((LanguageFact(language="node"),), "medium"),
        ((LanguageFact(language="java"),), "heavy"),
        ((LanguageFact(language="kotlin"),), "heavy"),
        ((LanguageFact(language="rust"),), "light"),
        ((LanguageFact(language="csharp"),), "medium"),
        ((LanguageFact(language="cobol"),), "medium"),
        ((PYTHON, FrameworkFact(framework="streamlit")), "heavy"),
        ((PYTHON, WorkloadFact(workload="compute")), "compute"),
        ((LanguageFact(language="go"), ResourcesFact(gpus=1)), "compute"),
    ],
)
def test_the_class_follows_from_what_the_code_is(facts, expected):
    assert classify_workload(service("folder:.", *facts)).value == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [("redis:7", "light"), ("postgres:16", "medium"), ("elasticsearch:8", "heavy"), ("acme/x", "medium")],
)
def test_the_class_follows_from_a_known_image(image, expected):
    assert classify_workload(service("compose:x", ImageFact(image=image))).value == expected


def test_pages_that_a_web_server_serves_are_light() -> None:
    facts = (BaseImageFact(image="nginx:1.27-alpine"), PortFact(port=80))
    assert classify_workload(service("dockerfile:Dockerfile", *facts)).value == "light"


def test_the_class_says_why():
    chosen = classify_workload(service("folder:.", PYTHON))
    assert chosen.explain() == "medium: python code without heavy libraries (main.py:1)"


def amounts(profile, **settings):
    size = size_workload(profile, **settings)
    return (size.cpu_mhz.value, size.cpu_mhz.reason), (size.memory_mb.value, size.memory_mb.reason)


WHY = "medium: python code without heavy libraries"


def test_a_class_has_its_size():
    assert amounts(service("folder:.", PYTHON)) == ((500, WHY), (512, WHY))


def test_what_somebody_wrote_down_wins_and_the_rest_is_filled_in():
    profile = service("compose:x", ImageFact(image="redis"), ResourcesFact(memory_mb=64))
    assert amounts(profile) == ((200, "light: the image is redis"), (64, "resources in compose.yaml"))


def test_settings_replace_the_class_each_its_half():
    assert amounts(service("folder:.", PYTHON), memory_mb=300) == ((500, WHY), (300, "DEFAULT_MEMORY"))
    assert amounts(service("folder:.", PYTHON), cpu_mhz=300) == ((300, "DEFAULT_CPU"), (512, WHY))


def test_what_is_written_down_outranks_the_settings():
    profile = service("compose:x", ImageFact(image="redis"), ResourcesFact(memory_mb=64))
    assert amounts(profile, memory_mb=300)[1] == (64, "resources in compose.yaml")


def test_one_source_may_say_the_cpu_and_another_the_memory():
    evidence = (
        *say("compose:x", BuildFact(context=".", dockerfile="Dockerfile"), ResourcesFact(memory_mb=64)),
        *say("dockerfile:Dockerfile", ResourcesFact(cpu_mhz=700, memory_mb=9)),
    )
    found = analysed(evidence).services[0]
    assert (found.cpu_mhz.value, found.memory_mb.value) == (700, 64)
