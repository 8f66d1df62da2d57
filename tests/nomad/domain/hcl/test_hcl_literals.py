"""What we write, HashiCorp's own parser reads back."""

import pygohcl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from muster.nomad.domain.hcl.literals import block_text, escape_templates, list_text, map_text, quote, quote_plain
from muster.nomad.domain.hcl.tree import parse_tree
from nomad.domain.strategies import long_texts, texts

ANY_SPEED = settings(deadline=None)


def hashicorp(expression: str) -> object:
    return pygohcl.attributes_loads(
        f"a = {expression}\n",
    )["a"]


def constant(text: str) -> bool:
    return "${" not in escape_templates(text).replace("$${", "")


@ANY_SPEED
@given(texts)
@example("$${")
@example("%%%{a}")
def test_any_quoted_text(text: str) -> None:
    assert hashicorp(quote_plain(text)) == text


@ANY_SPEED
@given(long_texts.filter(constant))
@example(" \n\n  a\n")
@example("\u0301a\nb\n")
def test_any_long_text(text: str) -> None:
    assert hashicorp(block_text(text, "      ")) == text


@ANY_SPEED
@given(st.lists(texts.filter(constant)))
def test_any_list(items: list[str]) -> None:
    assert hashicorp(list_text(items, "  ")) == items


@ANY_SPEED
@given(st.dictionaries(texts, texts))
def test_any_map(items: dict[str, str]) -> None:
    written = map_text({key: quote_plain(value) for key, value in items.items()}, "  ")
    assert hashicorp(written) == items


@ANY_SPEED
@given(long_texts)
def test_our_own_parser_agrees_on_texts(text: str) -> None:
    if constant(text):
        attribute = parse_tree(f"a = {block_text(text, '')}\n", "x").body.attribute("a")
        assert attribute is not None
        assert attribute.value.plain == text  # type: ignore[union-attr]  # a text is a template


def test_runtime_interpolation_stays_readable() -> None:
    assert quote("${NOMAD_PORT_http}/${attr.cpu.arch}") == '"${NOMAD_PORT_http}/${attr.cpu.arch}"'


def test_what_nomad_would_not_fill_in_is_escaped() -> None:
    assert quote("${HOME} %{x} $${NOMAD_X} ${NOMAD_X}}") == '"$${HOME} %%{x} $$${NOMAD_X} $${NOMAD_X}}"'
