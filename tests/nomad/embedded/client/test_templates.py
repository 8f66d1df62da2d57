"""Templates: what they wait for, what they render to, what breaks them."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from muster.nomad.embedded.client.sources import NoSources
from muster.nomad.embedded.client.templates import Asker, render_template, rendered_variables, template_error
from muster.nomad.embedded.state.specs import TemplateSpec


@dataclass
class Known(NoSources):
    """Sources with these keys, secrets and services."""

    keys: dict[str, str] = field(default_factory=dict[str, str])
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    services: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    def key(self, name: str) -> str | None:
        return self.keys.get(name)

    def secret(self, path: str, policies: tuple[str, ...]) -> dict[str, Any] | None:
        return self.secrets.get(path)

    def consul_services(self, name: str) -> list[dict[str, Any]]:
        return self.services.get(name, [])


SOURCES = Known(
    keys={"web/feature": "on"},
    secrets={"secret/data/web": {"Data": {"data": {"password": "s3cret", "with-dash": 'a"b', "port": 80}}}},
    services={"db": [{"Address": "10.0.0.1", "Port": 5432}, {"Address": "10.0.0.2", "Port": 5433}]},
)


def template(text: str, left: str = "{{", right: str = "}}") -> TemplateSpec:
    return TemplateSpec(text, "secrets/env", True, left, right)


def rendered(text: str, *known: str) -> str:
    return render_template(template(text), Asker(SOURCES, known=known, env={"A": "1"})).text


def missing(text: str, *known: str, left: str = "{{", right: str = "}}") -> list[str]:
    return list(render_template(template(text, left, right), Asker(known=known)).missing)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{{ key "web/feature" }}', ["kv.block(web/feature)"]),
        ('{{ with secret "secret/data/web" }}{{ .Data.data.x }}{{ end }}', ["vault.read(secret/data/web)"]),
        ('{{ (secret "secret/data/web").Data.data.x }}', ["vault.read(secret/data/web)"]),
        ('{{ keyOrDefault "a" "b" }}{{ env "X" }}{{ range service "db" }}{{ .Address }}{{ end }}', []),
        ('key "web/feature"', []),
        ('{{ if keyExists "a" }}{{ key "a" }}{{ end }}', []),
    ],
)
def test_a_template_waits_for_keys_and_secrets(text: str, names: list[str]) -> None:
    assert missing(text) == names


def test_known_data_is_not_missing() -> None:
    assert missing('{{ key "web/feature" }}', "web/feature") == []


def test_other_delimiters_are_honoured() -> None:
    assert missing('[[ key "a" ]] {{ key "b" }}', left="[[", right="]]") == ["kv.block(a)"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('F={{ key "web/feature" }}', "F=on"),
        ('{{ keyOrDefault "none" "off" }}', "off"),
        ('{{ with secret "secret/data/web" }}P={{ .Data.data.password }}{{ end }}', "P=s3cret"),
        ('{{ (secret "secret/data/web").Data.data.password | toUpper }}', "S3CRET"),
        ('{{ with secret "secret/data/web" }}{{ index .Data.data "with-dash" | toJSON }}{{ end }}', r'"a\"b"'),
        ('{{ with secret "secret/data/web" }}{{ .Data.data.nope }}{{ end }}', "<no value>"),
        ('{{ range service "db" }}{{ .Address }}:{{ .Port }} {{ end }}', "10.0.0.1:5432 10.0.0.2:5433 "),
        ('{{ with service "db" }}{{ with index . 0 }}{{ .Address }}{{ end }}{{ end }}', "10.0.0.1"),
        ('{{ range service "none" }}x{{ else }}nobody{{ end }}', "nobody"),
        ('{{ range $i, $s := service "db" }}{{ if $i }},{{ end }}{{ $s.Port }}{{ end }}', "5432,5433"),
        ('{{ $x := key "web/feature" }}{{ if eq $x "on" }}yes{{ else }}no{{ end }}', "yes"),
        ('{{ if eq (env "A") "2" }}two{{ else if eq (env "A") "1" }}one{{ end }}', "one"),
        ('a  {{- env "A" -}}  b', "a1b"),
        ("a{{/* a remark */}}b", "ab"),
        ("{{ timestamp }}", "(rendered)"),
    ],
)
def test_a_template_renders_as_the_real_one_does(text: str, said: str) -> None:
    assert rendered(text) == said


def test_what_is_known_without_its_value_is_there_and_opaque() -> None:
    assert rendered('{{ with nomadVar "v" }}T={{ .token }}{{ end }}', "v") == "T=(rendered)"


def test_a_template_beyond_what_is_read_keeps_its_plain_text() -> None:
    assert rendered('{{ define "t" }}x{{ end }}A=1') == "(rendered)x(rendered)A=1"


def test_a_function_that_does_not_exist_breaks_the_template() -> None:
    error = template_error(template("{{ nofunc }}"))
    assert error == '(dynamic): parse: template: :1: function "nofunc" not defined'


@pytest.mark.parametrize("text", ['{{- with secret "a" -}}{{ .Data.k }}{{ end }}', "{{ $x := 1 }}", "{{/* no */}}"])
def test_a_template_of_known_functions_is_fine(text: str) -> None:
    assert template_error(template(text)) is None


def test_an_env_template_sets_variables() -> None:
    assert rendered_variables('export A=1\nB="two"\n# no\nC=x y\n') == {"A": "1", "B": "two", "C": "x y"}
