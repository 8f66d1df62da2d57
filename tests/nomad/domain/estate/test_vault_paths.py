"""Where secrets may lie."""

from muster.nomad.domain.estate.conventions import Conventions, VaultConventions
from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.estate.vault_paths import Subject, convention_paths, usual_folders

SHOP = Subject(apps=("shop", "shop-repo"), services=("web",), env="staging")


def paths(*patterns: str, mappings: dict[str, str] | None = None) -> tuple[str, ...]:
    said = VaultConventions(path_patterns=patterns, env_var_mappings=mappings or {})
    return convention_paths(Conventions(vault=said), SHOP)


def test_every_name_of_the_application_is_filled_in():
    assert paths("secret/data/{app}/config") == ("secret/data/shop/config", "secret/data/shop-repo/config")


def test_environment_and_service_are_filled_in():
    assert paths("kv/{env}/{service}") == ("kv/staging/web",)


def test_a_mapping_is_looked_up_without_its_key():
    assert paths(mappings={"A": "kv/aws/x#a", "B": "kv/aws/x#b"}) == ("kv/aws/x",)


def test_without_conventions_none_are_named():
    assert convention_paths(None, SHOP) == ()


def test_the_usual_places_are_below_every_mount():
    found = usual_folders((SecretMount(path="secret", version=2), SecretMount(path="team/kv/", version=1)), SHOP)
    assert found[:6] == (
        "secret/shop",
        "secret/shop-repo",
        "secret/aws/shop",
        "secret/aws/shop-repo",
        "secret/shared",
        "secret/common",
    )
    assert "team/kv/shop" in found
