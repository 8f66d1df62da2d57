import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.dockerfile import extract_dockerfiles
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.makefile import extract_makefiles
from muster.nomad.domain.facts import (
    CommandFact,
    EnvFact,
    Evidence,
    Fact,
    ImageFact,
    NetworkModeFact,
    PortFact,
    PrivilegeFact,
    ResourcesFact,
    UserFact,
    VolumeFact,
)


def read(text: str, path: str = "Makefile") -> tuple[Evidence, ...]:
    return extract_makefiles({path: SourceFile(path, text)})


def facts(text: str) -> list[Fact]:
    return [one.fact for one in read(text)]


def recipe(*lines: str, target: str = "image") -> str:
    return f"{target}:\n" + "".join(f"\t{line}\n" for line in lines)


BUILT = recipe("docker build -t acme/shop:1 .")


def test_the_image_is_the_one_that_is_pushed() -> None:
    text = recipe("docker build -t shop -f docker/Dockerfile .", "docker tag shop ghcr.io/acme/shop:2")
    (one,) = read(text + recipe("docker push ghcr.io/acme/shop:2", target="push"))
    assert (one.unit, one.fact, one.where) == (
        "dockerfile:docker/Dockerfile",
        ImageFact(image="ghcr.io/acme/shop:2"),
        "Makefile:5",
    )


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("REG ?= ghcr.io/acme\nIMG := $(REG)/shop\nTAG = 1.2\n", "$(IMG):$(TAG)"),
        ("IMG=ghcr.io/acme/shop\nTAG=1.2 # why\n", "${IMG}:${TAG}"),
        ("export IMG = ghcr.io/acme/shop:1.2\n", "$(IMG)"),
        ("IMG = ghcr.io\nIMG += x\nIMG = ghcr.io/acme/shop:1.2\n", "$(IMG)"),
    ],
)
def test_variables_are_replaced(head: str, name: str) -> None:
    assert facts(head + recipe(f"@docker build -t {name} .")) == [ImageFact(image="ghcr.io/acme/shop:1.2")]


@pytest.mark.parametrize("tag", ["$(shell git describe --tags)", "$$(git rev-parse HEAD)", "`date`", "$(VERSION)"])
def test_a_tag_that_only_a_command_knows_is_left_out_and_said(tag: str) -> None:
    (one,) = read(recipe(f"docker build -t ghcr.io/acme/shop:{tag} ."))
    assert one.fact == ImageFact(image="ghcr.io/acme/shop")
    assert "is not known here" in one.reason


@pytest.mark.parametrize(
    "line",
    [
        "docker build -t shop .",  # nobody could pull it
        "docker build -t $(REG)/shop .",
        "docker build https://github.com/acme/shop.git -t acme/shop",
        "docker build -t acme/shop ../other",
        "docker build -t 'acme/shop .",
        "echo docker build -t acme/shop .",
        "# docker build -t acme/shop .",
    ],
)
def test_no_image_is_made_up(line: str) -> None:
    assert facts(recipe(line)) == []


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("docker build -t acme/a api", "dockerfile:api/Dockerfile"),
        ("cd api && docker build -t acme/a .", "dockerfile:api/Dockerfile"),
        ("docker build --file=api/Dockerfile.prod -t acme/a $(PWD)", "dockerfile:api/Dockerfile.prod"),
        (
            "sudo DOCKER_BUILDKIT=1 docker buildx build --push --platform linux/amd64 -t acme/a .",
            "dockerfile:Dockerfile",
        ),
        ("-podman build -tacme/a --build-arg X=1 .", "dockerfile:Dockerfile"),
        ("docker build \\\n\t\t-t acme/a \\\n\t\tapi", "dockerfile:api/Dockerfile"),
    ],
)
def test_it_speaks_about_the_dockerfile_that_is_built(line: str, unit: str) -> None:
    assert [one.unit for one in read(recipe(line))] == [unit]


def test_a_makefile_in_a_folder_builds_from_there() -> None:
    assert [one.unit for one in read(BUILT, "api/Makefile")] == ["dockerfile:api/Dockerfile"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-p 8080:80", PortFact(port=80, published=8080)),
        ("-p 127.0.0.1:53:53/udp", PortFact(port=53, protocol="udp", published=53)),
        ("-p8080:80", PortFact(port=80, published=8080)),
        ("-e LEVEL=info", EnvFact(name="LEVEL", value="info")),
        ("-e API_TOKEN=hunter2", EnvFact(name="API_TOKEN", secret=True)),
        ("--env HOME_URL", EnvFact(name="HOME_URL")),
        ("-v data:/data:ro", VolumeFact(path="/data", source="data", type="named", read_only=True)),
        ("-v $(PWD)/x:/x", VolumeFact(path="/x", source="./x", type="bind")),
        ("--memory 512m --cpus=1.5", ResourcesFact(cpu_mhz=1500, memory_mb=512)),
        ("--gpus all", ResourcesFact(gpus=1)),
        ("--net=host", NetworkModeFact(mode="host")),
        ("--user 1000:1000", UserFact(user="1000:1000", uid=1000)),
        ("--privileged", PrivilegeFact(privilege="privileged")),
    ],
)
def test_a_run_of_the_built_image_says_how_it_runs(options: str, expected: Fact) -> None:
    assert facts(BUILT + recipe(f"docker run -d --rm {options} acme/shop:1", target="run"))[1:] == [expected]


def test_words_after_the_image_are_its_command() -> None:
    found = facts(BUILT + recipe("docker run -it acme/shop:1 serve --port 80", target="run"))
    assert found[1:] == [CommandFact(command=("serve", "--port", "80"))]


@pytest.mark.parametrize(
    "text",
    [
        recipe("docker run -p 1:1 other/image", target="run"),
        recipe("docker run -it -p 1:1 acme/shop:1 bash", target="run"),
        recipe("docker run -p 1:1 acme/shop:1", target="test"),
        recipe("docker run -p 1:1 acme/shop:1", target="run-dev"),
    ],
)
def test_trials_and_other_images_say_nothing(text: str) -> None:
    assert len(facts(BUILT + text)) == 1


@given(st.text(alphabet="dockerbuiltpush -:=$(){}`'\"\\\n\t#/.", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    read(text)
    read(recipe(f"docker build {text}", f"docker run {text}"))


def test_long_hostile_text_takes_no_long_time() -> None:
    read("A=$(A)$(A)\n" + recipe("docker build " + "$(" * 100_000, "docker " + "\\\n" * 50_000))


def test_build_arguments_reach_what_the_dockerfile_makes_of_them() -> None:
    files = {
        "Makefile": SourceFile("Makefile", recipe("docker build --build-arg PORT=9000 -t acme/shop .")),
        "Dockerfile": SourceFile("Dockerfile", "FROM a\nARG PORT=80\nENV APP_PORT=$PORT\nEXPOSE $PORT\n"),
    }
    found = [one.fact for one in extract_dockerfiles(files)]
    assert [fact.port for fact in found if isinstance(fact, PortFact)] == [9000]
    assert EnvFact(name="APP_PORT", value="9000") in found
