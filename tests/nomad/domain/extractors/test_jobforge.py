import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.jobforge import extract_jobforge
from muster.nomad.domain.facts import (
    CommandFact,
    ConstraintFact,
    EnvFact,
    Evidence,
    Fact,
    HealthFact,
    ImageFact,
    NameFact,
    PortFact,
    ProblemFact,
    ResourcesFact,
    VaultFact,
)

BUILD = """
image_name: video-transcription
registry_url: registry.example.net:5000
image_tags: ["latest", "1.4"]
git_ref: main
dockerfile_path: Dockerfile
"""


def read(text: str, path: str = "build.yaml") -> tuple[Evidence, ...]:
    return extract_jobforge({path: SourceFile(path, text)})


def facts(text: str, path: str = "build.yaml") -> list[Fact]:
    return [one.fact for one in read(text, path)]


def test_the_pushed_image_is_named_by_its_first_fixed_tag() -> None:
    assert facts(BUILD) == [
        ImageFact(image="registry.example.net:5000/video-transcription:1.4"),
        NameFact(name="video-transcription"),
    ]


def test_an_empty_tag_is_none() -> None:
    assert facts("image_name: a\nimage_tags: ['', '2']\n")[0] == ImageFact(image="a:2")


def test_quotes_hold_the_words_of_an_entry_point_together() -> None:
    text = f"{BUILD}test: {{entry_point: \"serve --name 'a b'\"}}"
    assert CommandFact(command=("serve", "--name", "a b")) in facts(text)


def test_it_speaks_about_the_dockerfile_that_it_names() -> None:
    assert {one.unit for one in read(BUILD, "api/build.yaml")} == {"dockerfile:api/Dockerfile"}


def test_each_fact_knows_its_line() -> None:
    assert [one.where for one in read(BUILD)] == ["build.yaml:2", "build.yaml:2"]


def test_a_scheme_is_no_part_of_the_registry() -> None:
    text = "image_name: a\nregistry_url: https://r.example.net/team/\n"
    assert facts(text)[0] == ImageFact(image="r.example.net/team/a:latest")


def test_the_test_run_says_how_it_is_run() -> None:
    text = f"""{BUILD}
test:
  entry_point: [python, -m, app]
  container_port: 8000
  health_endpoint: healthz
  gpu_required: true
  env: {{LEVEL: info, API_TOKEN: hunter2}}
  constraints:
    - {{attribute: "${{meta.gpu}}", value: "true", operand: "=="}}
"""
    assert facts(text)[2:] == [
        PortFact(port=8000),
        HealthFact(type="http", path="/healthz"),
        EnvFact(name="LEVEL", value="info"),
        EnvFact(name="API_TOKEN", secret=True),
        ResourcesFact(gpus=1),
        ConstraintFact(attribute="${meta.gpu}", operator="=", value="true"),
        CommandFact(command=("python", "-m", "app")),
    ]


def test_a_secret_comes_with_its_place_in_vault() -> None:
    text = f"""{BUILD}
test:
  vault_policies: [transcription]
  vault_secrets:
    - path: secret/data/aws/transcription
      fields: {{access_key: AWS_ACCESS_KEY_ID}}
"""
    assert facts(text)[2:] == [
        EnvFact(name="AWS_ACCESS_KEY_ID", secret=True, place="vault:secret/data/aws/transcription#access_key"),
        VaultFact(policies=("transcription",)),
    ]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ('resource_limits: {cpu: "1000", memory: "2048", disk: "10240"}', (1000, 2048)),
        ('resource_limits: {build: {cpu: "4000"}, test: {cpu: "600", memory: "1Gi"}}', (600, 1024)),
        ('resource_limits: {cpu: "1"}\ntest: {resource_limits: {memory: "300"}}', (None, 300)),
    ],
)
def test_limits_are_the_test_phases_before_the_flat_ones(limits: str, expected: tuple[int | None, int | None]) -> None:
    first = next(fact for fact in facts(f"{BUILD}{limits}\n") if isinstance(fact, ResourcesFact))
    assert (first.cpu_mhz, first.memory_mb) == expected


def test_limits_of_the_build_say_nothing_about_the_job() -> None:
    text = f'{BUILD}resource_limits: {{build: {{cpu: "4000", memory: "8192"}}}}\n'
    assert not any(isinstance(fact, ResourcesFact) for fact in facts(text))


@pytest.mark.parametrize(
    "text",
    [
        f"{BUILD}test: {{container_port: http}}",
        f"{BUILD}test: {{constraints: [{{value: x}}]}}",
        f'{BUILD}resource_limits: {{cpu: "lots"}}',
        "image_name: a b\nimage_tags: [x]\n",
        f"{BUILD}test: {{vault_secrets: [{{path: a/b, fields: {{'we ird': KEY}}}}]}}",
        "image_name: a\ndockerfile_path: ../Dockerfile\n",
        "image_name: [",
    ],
)
def test_what_makes_no_sense_is_told(text: str) -> None:
    assert any(isinstance(fact, ProblemFact) for fact in facts(text))


@pytest.mark.parametrize("text", ["", "steps: [build]\n", "image_name: x\n", "a: {image_name: x, registry_url: y}\n"])
def test_another_programs_build_file_is_left_alone(text: str) -> None:
    assert facts(text) == []


@given(st.recursive(st.text(max_size=8), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner)))
def test_any_values_are_survived(value: object) -> None:
    keys = ("registry_url", "image_tags", "dockerfile_path", "resource_limits", "test")
    for key in keys:
        read(f"image_name: a\nregistry_url: r\n{key}: {value!r}\n")
        read(f"image_name: a\nregistry_url: r\ntest: {{env: {value!r}, vault_secrets: {value!r}}}\n")
