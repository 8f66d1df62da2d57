import pytest

from muster.nomad.domain.occasions import is_occasional


@pytest.mark.parametrize(
    "path",
    [
        "test/oidc/docker-compose.yml",
        "docker-testing/compose.yaml",
        "scripts/test-environments/postgres/compose.yml",
        "docs/install/compose.yaml",
        ".devcontainer/Dockerfile",
        "extra/templates/nginx/compose.yaml",
        "packaging/debian/Dockerfile",
        "docker-compose.ci.yml",
        "docker/docker-compose.ci-test.yml",
        "test-radius.dockerfile",
    ],
)
def test_tests_examples_and_packaging_are_other_occasions(path: str) -> None:
    assert is_occasional(path)


@pytest.mark.parametrize(
    "path",
    ["compose.yaml", "docker/docker-compose.yml", "latest/Dockerfile", "contest/compose.yaml", "Dockerfile.debian"],
)
def test_other_files_are_what_runs(path: str) -> None:
    assert not is_occasional(path)
