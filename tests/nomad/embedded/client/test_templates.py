import pytest

from muster.nomad.embedded.client.templates import missing_dependencies, rendered_variables, template_error
from muster.nomad.embedded.state.specs import TemplateSpec


def template(text: str, left: str = "{{", right: str = "}}") -> TemplateSpec:
    return TemplateSpec(text, "secrets/env", True, left, right)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('{{ key "web/feature" }}', ["kv.block(web/feature)"]),
        ('{{ with secret "secret/data/web" }}{{ .Data.data.x }}{{ end }}', ["vault.read(secret/data/web)"]),
        ('{{ keyOrDefault "a" "b" }}{{ env "X" }}{{ range service "db" }}{{ .Address }}{{ end }}', []),
        ('key "web/feature"', []),
    ],
)
def test_a_template_waits_for_keys_and_secrets(text: str, missing: list[str]) -> None:
    assert missing_dependencies(template(text), ()) == missing


def test_known_data_is_not_missing() -> None:
    assert missing_dependencies(template('{{ key "web/feature" }}'), ("web/feature",)) == []


def test_other_delimiters_are_honoured() -> None:
    assert missing_dependencies(template('[[ key "a" ]] {{ key "b" }}', "[[", "]]"), ()) == ["kv.block(a)"]


def test_a_function_that_does_not_exist_breaks_the_template() -> None:
    error = template_error(template("{{ nofunc }}"))
    assert error == '(dynamic): parse: template: :1: function "nofunc" not defined'


@pytest.mark.parametrize("text", ['{{- with secret "a" -}}{{ .Data.k }}{{ end }}', "{{ $x := 1 }}", "{{/* no */}}"])
def test_a_template_of_known_functions_is_fine(text: str) -> None:
    assert template_error(template(text)) is None


def test_an_env_template_sets_variables() -> None:
    assert rendered_variables(template('export A=1\nB="two"\n# no\nC={{ key "x" }}\n')) == {
        "A": "1",
        "B": "two",
        "C": "(rendered)",
    }
