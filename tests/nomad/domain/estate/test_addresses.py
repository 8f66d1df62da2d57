"""Addresses of the services around the cluster."""

import pytest

from muster.nomad.domain.estate.addresses import full_address


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("vault.example", "http://vault.example:8200"),
        ("127.0.0.1:8201", "http://127.0.0.1:8201"),
        ("http://vault.example/", "http://vault.example:8200"),
        ("https://vault.example", "https://vault.example"),
        ("https://vault.example:8200/v", "https://vault.example:8200/v"),
        ("[::1]", "http://[::1]:8200"),
    ],
)
def test_scheme_and_port_may_be_left_out(said: str, meant: str) -> None:
    assert full_address(said, 8200) == meant


@pytest.mark.parametrize("said", ["ftp://vault", "http://", "http://me:word@vault:8200", "vault:many"])
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        full_address(said, 8200)
