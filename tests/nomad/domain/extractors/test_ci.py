import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.ci.extractor import EXTRACTOR, extract_ci
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import Evidence, ImageFact, ProblemFact


def read(text: str, path: str = ".github/workflows/release.yml") -> tuple[Evidence, ...]:
    return extract_ci({path: SourceFile(path, text)})


def images(text: str, path: str = ".github/workflows/release.yml") -> list[tuple[str, str]]:
    return [(one.unit, one.fact.image) for one in read(text, path) if isinstance(one.fact, ImageFact)]


def action(*settings: str, head: str = "", before: str = "") -> str:
    lines = "".join(f"          {line}\n" for line in settings)
    return f"{head}jobs:\n  release:\n    steps:\n{before}      - uses: docker/build-push-action@v6\n        with:\n{lines}"


def test_a_github_action_names_what_it_pushes() -> None:
    text = action("push: true", "context: api", "tags: ghcr.io/acme/shop:1.2")
    (one,) = read(text)
    assert (one.unit, one.fact, one.where) == (
        "dockerfile:api/Dockerfile",
        ImageFact(image="ghcr.io/acme/shop:1.2"),
        ".github/workflows/release.yml:4",
    )


def test_a_fixed_tag_is_better_than_latest() -> None:
    assert images(action("push: true", "tags: acme/shop:latest,acme/shop:1.2")) == [
        ("dockerfile:Dockerfile", "acme/shop:1.2")
    ]


def test_variables_of_the_workflow_are_known() -> None:
    text = action(
        "push: true",
        "file: ${{ env.DIR }}/Dockerfile",
        "tags: ${{ env.IMG }}:v1",
        head="env: {IMG: acme/shop, DIR: api}\n",
    )
    assert images(text) == [("dockerfile:api/Dockerfile", "acme/shop:v1")]


@pytest.mark.parametrize(
    ("tags", "image"),
    [("type=raw,value=stable", "acme/shop:stable"), ("type=semver,pattern={{version}}", "acme/shop")],
)
def test_a_metadata_step_names_the_image(tags: str, image: str) -> None:
    before = (
        "      - uses: docker/metadata-action@v5\n        id: meta\n"
        f"        with:\n          images: acme/shop\n          tags: {tags}\n"
    )
    text = action("push: true", "tags: ${{ steps.meta.outputs.tags }}", before=before)
    assert images(text) == [("dockerfile:Dockerfile", image)]


@pytest.mark.parametrize(
    "settings",
    [
        ("push: false", "tags: acme/shop:1"),
        ("tags: acme/shop:1",),
        ("push: true", "tags: ghcr.io/${{ github.repository }}:1"),
        ("push: true",),
    ],
)
def test_what_is_not_pushed_or_not_known_is_no_image(settings: tuple[str, ...]) -> None:
    assert images(action(*settings)) == []


def test_shell_lines_count_too() -> None:
    text = """
variables: {IMAGE: registry.example.net/acme/shop}
publish:
  script:
    - docker build -t $IMAGE:1.0 -f deploy/Dockerfile .
    - docker push $IMAGE:1.0
"""
    assert images(text, ".gitlab-ci.yml") == [("dockerfile:deploy/Dockerfile", "registry.example.net/acme/shop:1.0")]


def test_kaniko_pushes_what_it_builds() -> None:
    text = """
build:
  script:
    - /kaniko/executor --context $CI_PROJECT_DIR --dockerfile $CI_PROJECT_DIR/Dockerfile --destination r.example.net/a:1
"""
    assert images(text, ".gitlab-ci.yml") == [("dockerfile:Dockerfile", "r.example.net/a:1")]


def test_a_drone_plugin_names_its_repository() -> None:
    text = "steps:\n- image: plugins/docker\n  settings: {repo: acme/shop, tags: [1.0], dockerfile: api/Dockerfile}\n"
    assert images(text, ".drone.yml") == [("dockerfile:api/Dockerfile", "acme/shop:1.0")]


def test_a_jenkinsfile_is_read_line_by_line() -> None:
    text = 'stage(\'x\') { steps {\n sh \'docker build -t acme/shop:1 .\'\n sh """\n docker push acme/shop:1\n""" } }'
    assert images(text, "Jenkinsfile") == [("dockerfile:Dockerfile", "acme/shop:1")]


def test_an_image_for_tests_is_not_the_one_that_is_deployed() -> None:
    files = {
        f".github/workflows/{name}.yml": SourceFile(f"{name}.yml", action("push: true", f"tags: acme/{image}:1"))
        for name, image in (("a", "shop-test"), ("b", "shop"))
    }
    assert [one.fact for one in extract_ci(files)] == [ImageFact(image="acme/shop:1")]


def test_a_file_that_is_no_yaml_is_told() -> None:
    (one,) = read("docker: [")
    assert isinstance(one.fact, ProblemFact)


def test_only_ci_files_are_asked_for() -> None:
    assert EXTRACTOR.wants(".github/workflows/x.yml")
    assert not EXTRACTOR.wants("deploy/x.yml")


def test_aliases_are_walked_once() -> None:
    bomb = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    assert images(f"a0: &a0 [docker]\n{bomb}\n") == []


@given(st.text(alphabet="dockeruns: -{}[]&*$\n'\"", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    for path in ("docker.yml", "Jenkinsfile"):
        read(f"docker {text}", path)
        read(f"a:\n  script:\n    - docker {text}", path)
