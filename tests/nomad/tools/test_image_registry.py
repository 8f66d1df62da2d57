"""What registries say of images, by HEAD of their manifests."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.http_double import hang, http_double, saying
from muster.nomad.domain.estate.images import ImageDenied, ImageMissing, ImageThere, ImageUnknown
from muster.nomad.tools.image_registry import DockerRegistry
from nomad.tools.registry_double import LOGIN, registry_double


@pytest.fixture
def double() -> Iterator[tuple[str, list[str]]]:
    with registry_double() as running:
        yield running


def registry(folder: Path, **config: object) -> DockerRegistry:
    file = folder / "config.json"
    if config:
        file.write_text(json.dumps(config))
    return DockerRegistry(file, timeout_s=1.0)


def test_an_image_that_is_there_is_found_and_not_pulled(double: tuple[str, list[str]], tmp_path: Path) -> None:
    host, asked = double
    found = registry(tmp_path).look_up(f"{host}/open/shop:1")
    assert found == ImageThere(image=f"{host}/open/shop:1", digest="sha256:abc")
    assert asked == ["HEAD /v2/open/shop/manifests/1"]


def test_a_list_of_manifests_tells_the_architectures(double: tuple[str, list[str]], tmp_path: Path) -> None:
    found = registry(tmp_path).look_up(f"{double[0]}/open/many:1")
    assert isinstance(found, ImageThere)
    assert found.architectures == ("amd64", "arm64")


def test_an_unknown_tag_is_missing(double: tuple[str, list[str]], tmp_path: Path) -> None:
    found = registry(tmp_path).look_up(f"{double[0]}/open/shop:2")
    assert isinstance(found, ImageMissing)
    assert "its tag may be wrong" in found.advice


def test_a_private_image_is_found_by_the_login_and_the_token_that_it_gets(
    double: tuple[str, list[str]], tmp_path: Path
) -> None:
    host, asked = double
    found = registry(tmp_path, auths={host: {"auth": LOGIN}}).look_up(f"{host}/private/shop:1")
    assert isinstance(found, ImageThere)
    assert asked[1] == "GET /token?scope=repository%3Aprivate%2Fshop%3Apull&service=double"


def test_a_private_image_without_a_login_is_denied_and_says_how_to_log_in(
    double: tuple[str, list[str]], tmp_path: Path
) -> None:
    found = registry(tmp_path).look_up(f"{double[0]}/private/shop:1")
    assert isinstance(found, ImageDenied)
    assert f"docker login {double[0]}" in found.advice


@pytest.mark.parametrize("config", [{"credsStore": "desktop"}, {"credHelpers": {"HOST": "desktop"}}])
def test_a_credential_helper_is_named_and_not_run(
    double: tuple[str, list[str]], tmp_path: Path, config: dict[str, object]
) -> None:
    host, _ = double
    told = json.loads(json.dumps(config).replace("HOST", host))
    found = registry(tmp_path, **told).look_up(f"{host}/private/shop:1")
    assert isinstance(found, ImageDenied)
    assert "The credential helper desktop has the login" in found.advice


def test_a_registry_in_trouble_says_nothing_about_the_image(double: tuple[str, list[str]], tmp_path: Path) -> None:
    found = registry(tmp_path).look_up(f"{double[0]}/ill/shop:1")
    assert found == ImageUnknown(image=f"{double[0]}/ill/shop:1", reason=f"{double[0]} answered with 503")


def test_a_registry_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with http_double(hang) as (address, _):
        found = registry(tmp_path).look_up(f"{address.removeprefix('http://')}/shop:1")
    assert isinstance(found, ImageUnknown)
    assert "no answer in time" in found.reason


def test_nobody_there_is_unknown(tmp_path: Path) -> None:
    assert isinstance(registry(tmp_path).look_up("127.0.0.1:1/shop:1"), ImageUnknown)


def test_a_challenge_that_makes_no_sense_is_a_refusal(tmp_path: Path) -> None:
    with http_double(saying("401 X", "")) as (address, _):
        found = registry(tmp_path).look_up(f"{address.removeprefix('http://')}/shop:1")
    assert isinstance(found, ImageDenied)


def test_a_config_of_no_sense_is_none(double: tuple[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[")
    assert isinstance(DockerRegistry(tmp_path / "config.json").look_up(f"{double[0]}/open/shop:1"), ImageThere)
