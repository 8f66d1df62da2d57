import pytest

from muster.nomad.domain.facts import FrameworkFact, ImageFact, LanguageFact, ResourcesFact, WorkloadFact
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


def test_the_class_says_why():
    chosen = classify_workload(service("folder:.", PYTHON))
    assert chosen.explain() == "medium: python code without heavy libraries (main.py:1)"


def test_a_class_has_its_size():
    assert size_workload(service("folder:.", PYTHON)).value == ResourcesFact(cpu_mhz=500, memory_mb=512)


def test_what_somebody_wrote_down_wins_and_the_rest_is_filled_in():
    size = size_workload(service("compose:x", ImageFact(image="redis"), ResourcesFact(memory_mb=64)))
    assert size.value == ResourcesFact(cpu_mhz=200, memory_mb=64)
    assert size.source == "compose"


def test_settings_replace_the_classes():
    size = size_workload(service("folder:.", PYTHON), cpu_mhz=300, memory_mb=300)
    assert (size.value.cpu_mhz, size.value.memory_mb, size.reason) == (300, 300, "DEFAULT_CPU and DEFAULT_MEMORY")


def test_one_setting_replaces_only_its_half():
    size = size_workload(service("folder:.", PYTHON), memory_mb=300)
    assert (size.value.cpu_mhz, size.value.memory_mb) == (500, 300)
