import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.compose import EXTRACTOR, extract_compose
from muster.nomad.domain.extractors.compose_yaml import MAX_DEPTH, MAX_NODES, BrokenYaml, load_yaml
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    EnvFact,
    ImageFact,
    PortFact,
)
from nomad.domain.extractors.compose_reading import of_kind, problems, read


def test_anchors_merge_keys_and_extensions_are_resolved() -> None:
    text = (
        "x-base: &base\n  image: app:1\n  environment: &env {A: 1, B: 1}\n"
        "services:\n  web:\n    <<: *base\n    environment: {<<: *env, B: 2}\n  job:\n    <<: [*base]\n"
    )
    evidence = read(text)
    assert of_kind(evidence, ImageFact) == [ImageFact(image="app:1")] * 2
    assert [(one.unit, one.fact.name, one.fact.value) for one in evidence if isinstance(one.fact, EnvFact)] == [
        ("compose:web", "B", "2"),
        ("compose:web", "A", "1"),
        ("compose:job", "A", "1"),
        ("compose:job", "B", "1"),
    ]


def test_a_service_extends_another_one_here_or_in_another_file() -> None:
    text = (
        "services:\n  web:\n    extends: {file: common.yml, service: app}\n    environment: {B: 2}\n    ports: ['1:1']\n"
        "  job:\n    extends: web\n    command: work\n"
    )
    evidence = read(
        text, common_yml="services:\n  app:\n    image: app:1\n    environment: [A=1, B=1]\n    ports: ['2:2']\n"
    )
    web = [one.fact for one in evidence if one.unit == "compose:web"]
    assert ImageFact(image="app:1") in web
    assert EnvFact(name="A", value="1") in web
    assert EnvFact(name="B", value="2") in web
    assert [fact.port for fact in web if isinstance(fact, PortFact)] == [2, 1]
    assert CommandFact(command=("work",)) in [one.fact for one in evidence if one.unit == "compose:job"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services:\n  a: {image: x, extends: a}\n", "circle"),
        ("services:\n  a: {image: x, extends: b}\n  b: {extends: a}\n", "circle"),
        ("services:\n  a: {image: x, extends: gone}\n", "not there"),
        ("services:\n  a: {image: x, extends: {file: gone.yml, service: b}}\n", "not there"),
        ("services:\n  a: {image: x}\ninclude: [other.yml]\n", "`include` is not followed"),
        ("services:\n  a: {image: x, image: y}\n", "stands twice"),
        ("services:\n  a: {image: x, secrets: [s]}\n", "from /run/secrets/s"),
        ("services: [a]\n", "`services` is no mapping"),
        ("services: {a: b}\n", "no mapping"),
        ("- a\n", "no compose file"),
        ("a: [\n", "can't be read"),
        ("a: *gone\n", "refers to nothing"),
        ("&a [*a]\n", "refers to nothing"),
        ("\x00", "can't be read"),
    ],
)
def test_what_is_wrong_is_told(text: str, said: str) -> None:
    assert any(said in one for one in problems(read(text)))


def test_the_override_file_is_laid_over_the_base() -> None:
    base = "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n    command: x\n    environment: [A=1]\n"
    override = "services:\n  web:\n    image: a:2\n    ports: ['90:90']\n    command: y\n    environment: {B: 2}\n  db: {image: b}\n"
    evidence = read(base, compose_override_yaml=override)
    assert of_kind(evidence, ImageFact) == [ImageFact(image="a:2"), ImageFact(image="b")]
    assert [fact.port for fact in of_kind(evidence, PortFact)] == [80, 90]
    assert [fact.name for fact in of_kind(evidence, EnvFact)] == ["A", "B"]
    assert of_kind(evidence, CommandFact) == [CommandFact(command=("y",))]
    assert evidence[0].where == "compose.override.yaml:3"


def chosen(*paths: str) -> tuple[str, list[str]]:
    """The compose file that was taken of several, and the ones that were told as left out."""
    files = {path: SourceFile(path, "services: {web: {image: x}}") for path in paths}
    evidence = extract_compose(files)
    return evidence[0].where.partition(":")[0], [one.where for one in evidence[1:]]


def test_one_compose_file_counts_and_the_others_are_told() -> None:
    assert chosen("docker-compose.yml", "compose.yaml") == ("compose.yaml", ["docker-compose.yml"])
    assert chosen("docker-compose.yml", "docker-compose.dev.yml") == ("docker-compose.yml", ["docker-compose.dev.yml"])
    assert chosen("a/docker-compose.yml", "docker-compose.prod.yml")[0] == "docker-compose.prod.yml"
    assert chosen("docker-compose.dev.yml", "docker-compose.prod.yml")[0] == "docker-compose.prod.yml"
    assert chosen("tests/compose.yaml", "deploy/x/compose.yaml")[0] == "deploy/x/compose.yaml"


def test_a_development_container_is_no_application() -> None:
    text = "services: {web: {image: x}}"
    assert extract_compose({".devcontainer/compose.yaml": SourceFile(".devcontainer/compose.yaml", text)}) == ()


def test_a_dockerfile_in_small_letters_is_found() -> None:
    files = {"compose.yaml": "services: {web: {build: api}}", "api/dockerfile": "FROM a"}
    evidence = extract_compose({path: SourceFile(path, text) for path, text in files.items()})
    assert of_kind(evidence, BuildFact) == [BuildFact(context="api", dockerfile="api/dockerfile")]


def test_paths_are_relative_to_the_folder_of_the_compose_file() -> None:
    files = {
        "deploy/compose.yaml": "services: {web: {build: .., env_file: x.env}}",
        "deploy/x.env": "A=1",
        "deploy/.env": "B=2",
    }
    evidence = extract_compose({path: SourceFile(path, text) for path, text in files.items()})
    assert of_kind(evidence, BuildFact) == [BuildFact(context=".", dockerfile="Dockerfile")]
    assert of_kind(evidence, EnvFact) == [EnvFact(name="A", value="1")]


def test_the_first_format_without_services_is_read() -> None:
    assert of_kind(read("web:\n  image: a\nversion: 1\n"), ImageFact) == [ImageFact(image="a")]


def bomb(width: int, depth: int, merge: bool) -> str:
    lines = ["a0: &a0 {k: v}"]
    for level in range(1, depth):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        lines.append(
            f"a{level}: &a{level} {{<<: [{aliases}], k{level}: v}}" if merge else f"a{level}: &a{level} [{aliases}]"
        )
    return "\n".join([*lines, f"services: {{web: {{image: x, environment: *a{depth - 1}, command: *a{depth - 1}}}}}"])


@pytest.mark.parametrize("merge", [False, True])
def test_a_bomb_of_aliases_stays_small(merge: bool) -> None:
    started = time.process_time()
    assert len(read(bomb(50, 50, merge))) < 100
    assert time.process_time() - started < 5


def test_texts_over_the_limits_are_refused() -> None:
    deep = load_yaml("[" * (MAX_DEPTH + 1), "x")
    wide = load_yaml("[" + "a," * (MAX_NODES + 1) + "]", "x")
    assert isinstance(deep, BrokenYaml)
    assert "nested deeper" in deep.why
    assert isinstance(wide, BrokenYaml)
    assert "more than" in wide.why


def test_tags_construct_nothing() -> None:
    text = "services:\n  web:\n    image: !!python/object/apply:os.system ['touch x']\n    command: !reset null\n"
    assert of_kind(read(text), ImageFact) == []


PARTS = st.sampled_from(
    [
        "services:", "\n  web:", "\n    image: a", "\n    ports:", " ['80:80']", " [", "]", "{", "}", "\n      - ", "${A:-", "}",
        "\n    environment:", "\n      A: 1", "\n    volumes: [a:b:c:d]", "\n    build: ", "&x", " *x", " <<: *x", "\n    extends: web",
        "\n    depends_on: {", "\n    healthcheck: {test: [CMD-SHELL]}", "\n    deploy: {resources: {limits: {cpus: x}}}", "!!str", "|",
        "\n    command: \"'", "\n    env_file: [a.env, {path: b}]", "null", "~", ": ", ",", "'", '"', "$", "$$", "\n    gpus: [1, {count: -1}]",
        "\n    healthcheck: {test: []}", "\n    tmpfs: {a: b}", "\n    links: [':']", "\n    user: {}", "\n---\n", "\n    restart: ${X}",
    ]
)  # fmt: skip


@given(st.lists(PARTS | st.text(max_size=4), max_size=30), st.text(max_size=60))
def test_no_text_ever_raises(parts: list[str], env: str) -> None:
    read("".join(parts), _env=env, a_env=env)
    read("services:\n  web:\n    image: a" + "".join(parts), compose_override_yaml="".join(reversed(parts)))


YAML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.sampled_from(["1:2:3", "${A}", "/a:/b", "80", "GPU", "1g"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["context", "target", "source", "type", "test", "limits", "memory", "resources", "devices", "capabilities", "args", "path", "A"]
    ), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "image", "build", "ports", "expose", "environment", "env_file", "volumes", "depends_on", "healthcheck", "command",
        "entrypoint", "deploy", "extends", "privileged", "cap_add", "devices", "profiles", "gpus", "tmpfs", "links", "restart",
        "user", "mem_limit", "cpus", "scale", "network_mode", "working_dir", "secrets", "runtime", "pid",
    ]
)  # fmt: skip


@given(st.dictionaries(KEYS, YAML_VALUES, max_size=5), st.dictionaries(KEYS, YAML_VALUES, max_size=3))
def test_no_shape_of_a_service_ever_raises(service: dict[str, object], other: dict[str, object]) -> None:
    read(yaml.safe_dump({"services": {"web": service, "b": {"extends": "web", **other}}}))


def test_the_extractor_asks_for_compose_files_and_what_they_name() -> None:
    assert all(EXTRACTOR.wants(path) for path in ("compose.yml", "a/docker-compose.prod.yaml", ".env", "a/web.env"))
    assert not EXTRACTOR.wants("values.yaml")


def test_what_would_be_endless_is_cut_off_and_told() -> None:
    many = ", ".join(f"A{number}: {number}" for number in range(2000))
    ports = ", ".join(map(str, range(1, 2000)))
    text = f"services: {{web: {{image: a, environment: {{{many}}}, ports: [{ports}]}}}}"
    told = problems(read(text))
    assert told == ["web: only its first 200 ports are read", "web: only its first 1000 variables are read"]
    many_services = ", ".join(f"s{number}: {{image: a}}" for number in range(300))
    assert problems(read(f"services: {{{many_services}}}")) == ["only its first 200 services are read"]
