"""No text gives a traceback: the checker and the parser answer with findings."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from muster.nomad.domain.hcl.api import parse_job
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.functions.registry import FUNCTIONS

PIECES = (
    'job "x" {', "}", "\n", "{", "[", "]", "(", ")", '"', "<<EOT\n", "<<-EOT\n", "EOT\n", "${", "%{", "~}", "%{ if ", "%{ endif }",
    "group", 'task "t"', "config", "env", " = ", "=", ",", ":", "?", "=>", "...", ".", "[*]", ".*.", "!", "-", "+", "/", "%", "==", "&&",
    "1", "0.5", "1e9", "1e999999999", "9" * 30, "1.2.3", "true", "null", "for x in ", "if ", "var.a", "local.b", "attr.c", "port.value",
    'variable "a" {', "locals {", "default", "type", "list(string)", 'dynamic "port" {', "for_each", "labels", "content {",
    "constraint {", "update {", "count", "meta", "# c\n", "// c\n", "/* c */", "\\", "\\u00e9", "'", "`", ";", "\t", "\r\n", "\0", "é", "\u0301", "\ufeff",
    '"a"', '"1h30m"', '"${a}"', "[for k, v in {a=1} : k]", "{ a = 1 }", "try(", "convert(",
)  # fmt: skip


ANY_SPEED = settings(deadline=None)


def survives(text: str) -> None:
    parsed = parse_job(text)
    assert (parsed.job is None) == bool(parsed.diagnostics)
    for finding in check_job(text, filename="x"):
        assert str(finding)


@ANY_SPEED
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("a = " + "!" * 5_000 + "true")
@example("a = 1" + "+1" * 5_000)
@example("a = x" + "[0]" * 1_000)
@example("b {\n" * 500)
@example("\0")
def test_pieces_of_hcl_in_any_order(text: str) -> None:
    survives(text)


@ANY_SPEED
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    survives(text)


EXPRESSIONS = st.recursive(
    st.sampled_from(
        ("1", "-1", "0", "1.5", "1e30", "1e400", "true", "null", '"a"', '""', '"5"', '"a,b"', "[]", "{}", "attr.x", "each", '"10.0.0.0/8"', '"%d-%s"', '"yyyy"')
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=4)).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: f"{{{', '.join(f'k{index} = {item}' for index, item in enumerate(items))}}}"),
        st.tuples(inner, st.sampled_from(("+", "-", "*", "/", "%", "==", "<", "&&")), inner).map(" ".join),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]})[{two[1]}]"),
        inner.map(lambda each: f"[for k, v in {each} : \"${{k}}-${{v}}\" if v != null]"),
        inner.map(lambda each: f'"x${{{each}}}%{{ if {each} }}y%{{ endif }}"'),
        inner.map(lambda each: f"{each}[*].k0"),
        inner.map(lambda each: f"try({each}, 1)"),
        inner.map(lambda each: f"convert({each}, map(set(number)))"),
    ),
    max_leaves=8,
)  # fmt: skip


@ANY_SPEED
@given(EXPRESSIONS, st.sampled_from(("name", "priority", "datacenters", "all_at_once", "meta")))
def test_any_expression_for_any_argument(expression: str, name: str) -> None:
    survives(f'locals {{\n  each = {expression}\n}}\njob "x" {{\n  {name} = {expression}\n}}\n')
