"""Streamlit's own configuration says where it listens."""

import pytest

from muster.nomad.domain.extractors.python.extractor import EXTRACTOR
from muster.nomad.domain.facts import PortFact
from nomad.domain.extractors.code_snippets import evidence, ports

APP = {"app.py": "import streamlit as st\n", "requirements.txt": "streamlit\n"}


@pytest.mark.parametrize("text", ["[server]\nheadless = true\nport = 8502\n", "server.port = 8502\n"])
def test_the_port_of_the_server_is_read(text: str) -> None:
    assert ports(EXTRACTOR, {**APP, ".streamlit/config.toml": text})[0] == (8502, None)


def test_it_is_about_the_folder_above_at_its_line() -> None:
    files = {f"web/{path}": text for path, text in {**APP, ".streamlit/config.toml": "[server]\nport = 8502\n"}.items()}
    (found,) = (one for one in evidence(EXTRACTOR, files) if isinstance(one.fact, PortFact))
    assert (found.unit, found.where) == ("folder:web", "web/.streamlit/config.toml:2")


@pytest.mark.parametrize(
    "text", ["[server", "[server]\nport = 'x'", "[server]\nport = 70000", "server = 5", "[server]\nport = true", ""]
)
def test_a_configuration_that_makes_no_sense_says_nothing(text: str) -> None:
    assert ports(EXTRACTOR, {**APP, ".streamlit/config.toml": text}) == []


def test_alone_it_makes_no_application() -> None:
    assert evidence(EXTRACTOR, {".streamlit/config.toml": "[server]\nport = 8502\n"}) == ()
