"""Images' names, taken apart as docker does."""

import pytest

from muster.nomad.domain.estate.images import ImageName, parse_image


@pytest.mark.parametrize(
    ("image", "registry", "repository", "reference"),
    [
        ("nginx", "docker.io", "library/nginx", "latest"),
        ("nginx:1.27", "docker.io", "library/nginx", "1.27"),
        ("grafana/loki:3", "docker.io", "grafana/loki", "3"),
        ("docker.io/nginx", "docker.io", "library/nginx", "latest"),
        ("ghcr.io/acme/shop:2.1", "ghcr.io", "acme/shop", "2.1"),
        ("localhost:5000/shop", "localhost:5000", "shop", "latest"),
        ("localhost/shop", "localhost", "shop", "latest"),
        ("ghcr.io/a/b:1@sha256:abc", "ghcr.io", "a/b", "sha256:abc"),
    ],
)
def test_a_name_is_a_registry_a_repository_and_a_reference(
    image: str, registry: str, repository: str, reference: str
) -> None:
    assert parse_image(image) == ImageName(registry=registry, repository=repository, reference=reference)
