import pytest

from muster.nomad.domain.names import identifier, joined_name, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [("My App", "my-app"), ("@scope/pkg", "scope-pkg"), ("-x_y-", "x-y"), ("日本", "app"), ("a" * 80, "a" * 63)],
)
def test_a_safe_name_is_an_rfc_1123_label(text, name):
    assert safe_name(text) == name


def test_a_name_is_not_repeated_when_joined():
    assert joined_name("shop", "shop") == "shop"
    assert joined_name("shop", "api") == "shop-api"


@pytest.mark.parametrize(("text", "name"), [("API_KEY", "api_key"), ("9-lives", "_9_lives"), ("---", "value")])
def test_an_identifier_has_no_digit_first(text, name):
    assert identifier(text) == name
