import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.names import free_name, identifier, joined_name, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My App", "my-app"),
        ("@scope/pkg", "scope-pkg"),
        ("-x_y-", "x-y"),
        ("a" * 80, "a" * 63),
        ("---", "app"),
        ("Büro-Café", "buro-cafe"),
        ("Straße", "strasse"),
        ("Łódź Œuvre", "lodz-oeuvre"),
        ("Сервис 1", "1"),
    ],
)
def test_a_safe_name_is_an_rfc_1123_label(text, name):
    assert safe_name(text) == name


@given(st.text())
def test_any_text_gives_a_name_that_a_service_may_have(text):
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", safe_name(text))
    assert re.fullmatch(r"[a-z_][a-z0-9_]*", identifier(text))


def test_names_that_can_not_be_spelt_are_told_apart_and_stay_the_same():
    assert safe_name("日本") == safe_name("日本") != safe_name("中国")
    assert safe_name("日本").startswith("app-")
    assert safe_name("日本", fallback="") == ""


def test_a_name_that_is_taken_gets_a_number_and_stays_a_label():
    assert free_name("web", {"web", "web-2"}) == "web-3"
    assert free_name("a" * 63, {"a" * 63}) == "a" * 61 + "-2"


def test_long_names_that_are_joined_stay_apart():
    long = "shop-" * 13
    assert joined_name(long, "api") != joined_name(long, "web")
    assert len(joined_name(long, "api")) <= 63


def test_a_name_is_not_repeated_when_joined():
    assert joined_name("shop", "shop") == "shop"
    assert joined_name("shop", "api") == "shop-api"


@pytest.mark.parametrize(("text", "name"), [("API_KEY", "api_key"), ("9-lives", "_9_lives"), ("---", "value")])
def test_an_identifier_has_no_digit_first(text, name):
    assert identifier(text) == name
