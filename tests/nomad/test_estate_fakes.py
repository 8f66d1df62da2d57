"""The fakes satisfy the ports (pyright looks at the assignments), and behave as what they stand for."""

from muster.nomad.context import Estate
from muster.nomad.domain.estate.secrets import SecretFound, SecretMissing
from nomad.estate_fakes import ListedCatalog, ListedRegistry, ListedRouter, ListedSecrets


def test_together_they_are_an_estate() -> None:
    estate = Estate(ListedSecrets(), ListedCatalog(), ListedRouter(), ListedRegistry())
    assert estate != Estate()


def test_a_path_of_vault_is_found_with_and_without_data() -> None:
    secrets = ListedSecrets({"secret/data/shop/db": ["password"]})
    assert isinstance(secrets.look_up("secret/shop/db"), SecretFound)
    assert secrets.look_up("secret/shop/db") == secrets.look_up("secret/data/shop/db")
    assert isinstance(secrets.look_up("secret/shop"), SecretMissing)
    assert secrets.list("secret/shop") == ("db",)
    assert secrets.list("secret") == ("shop/",)


def test_a_value_that_was_changed_meanwhile_is_not_overwritten() -> None:
    catalog = ListedCatalog()
    assert catalog.write("a", "1", base_index=0)
    assert not catalog.write("a", "2", base_index=0)
    assert catalog.value("a") is not None
