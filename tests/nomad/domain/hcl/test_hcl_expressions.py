"""Expressions and functions mean what Nomad's parser makes of them."""

import pytest

from muster.nomad.domain.hcl.evaluate import evaluate
from muster.nomad.domain.hcl.functions.registry import FUNCTIONS
from muster.nomad.domain.hcl.scope import Scope
from muster.nomad.domain.hcl.tree import parse_tree
from muster.nomad.domain.hcl.values import Unknown, to_json


def value_of(expression: str) -> object:
    tree = parse_tree(f"a = {expression}\n", "x")
    scope = Scope(tree.source)
    attribute = tree.body.attribute("a")
    assert attribute is not None
    value = evaluate(attribute.value, scope)
    assert not scope.findings, scope.findings
    return to_json(value)


VALUES = [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 % 4", 3), ("1 / 4", 0.25), ("-(2)", -2), ("0.1 + 0.2", 0.3), ('"5" + 1', 6),
    ("1 == 1.0", True), ('1 == "1"', False), ("!true || 1 < 2", True), ('"a" != "b" && true', True),
    ('true ? 1 : "a"', "1"), ("false ? [][0] : 2", 2), ("[1, [2]]", [1, [2]]), ("{ a = 1, (\"b\") = 2, \"c.d\" = 3 }", {"a": 1, "b": 2, "c.d": 3}),
    ('"${1}"', 1), ('"n=${1}"', "n=1"), ('"${true}-${1.50}"', "true-1.5"), ('"%{ if true }a%{ else }b%{ endif }"', "a"),
    ('"%{ for x in [1, 2] }${x},%{ endfor }"', "1,2,"), ('"a ${~ "b" ~} c"', "abc"), ('"$${x} %%{y}"', "${x} %{y}"), ('"\\u00e9\\n\\t\\"\\\\"', 'é\n\t"\\'),
    ("<<EOT\na\n b\nEOT", "a\n b\n"), ("<<-EOT\n   a\n\n    b\n  EOT", "a\n\n b\n"),
    ("[for x in [1, 2, 3] : x * 2 if x > 1]", [4, 6]), ("[for k, v in {b = 1, a = 2} : k]", ["a", "b"]), ('{for x in ["a"] : x => upper(x)}', {"a": "A"}),
    ('{for x in ["a", "b", "a"] : x => 1...}', {"a": [1, 1], "b": [1]}), ("[{a = 1}, {a = 2}][*].a", [1, 2]), ("[{a = 1}].*.a", [1]), ("null[*]", []),
    ("[1, 2][1]", 2), ('{a = {b = 3}}.a["b"]', 3), ("[[1]].0", [1]), ("attr.kernel.name", "${attr.kernel.name}"), ('"x-${ env["HOME"] }"', 'x-${ env["HOME"] }'),
    ("concat([1], [2, 3]...)", None), ("max([1, 5, 2]...)", 5), ('try(jsondecode("{"), "no")', "no"), ("can([][0])", False), ('convert({a = 1}, map(string))', {"a": "1"}),
]  # fmt: skip
FUNCTION_VALUES = [
    ('upper("aé")', "AÉ"), ('title("ab cd")', "Ab Cd"), ('replace("aXa", "a", "b")', "bXb"), ('regex_replace("a1b2", "[0-9]", "-")', "a-b-"), ('substr("hello", 1, 3)', "ell"),
    ('substr("hello", -2, -1)', "lo"), ('trim("..a..", ".")', "a"), ('trimprefix("v1", "v")', "1"), ('trimspace(" a ")', "a"), ('split(",", "a,b")', ["a", "b"]), ('join("-", ["a", "b"], ["c"])', "a-b-c"),
    ('chomp("a\\n\\n")', "a"), ('indent(2, "a\\nb")', "a\n  b"), ('strlen("é")', 1), ('strrev("ab")', "ba"), ('format("%s-%03d %.2f %q %v%%", "a", 7, 1.5, "q", true)', 'a-007 1.50 "q" true%'),
    ('formatlist("%s:%d", ["a", "b"], 80)', ["a:80", "b:80"]), ("ceil(1.2)", 2), ("floor(-1.2)", -2), ("signum(-3)", -1), ('parseint("ff", 16)', 255), ("range(3)", [0, 1, 2]), ("range(1, 7, 3)", [1, 4]), ("pow(2, 10)", 1024),
    ("min(3, 1, 2)", 1), ("abs(-1.5)", 1.5), ("log(8, 2)", 3), ("length([1, 2])", 2), ("reverse([1, 2])", [2, 1]), ("distinct([1, 2, 1])", [1, 2]), ("flatten([[1], [[2]], 3])", [1, 2, 3]), ("element([1, 2], 3)", 2), ("slice([1, 2, 3], 1, 3)", [2, 3]),
    ("chunklist([1, 2, 3], 2)", [[1, 2], [3]]), ('coalesce(null, "", "b")', ""), ("coalescelist([], [1])", [1]), ('compact(["", "a"])', ["a"]), ("contains([1, 2], 2)", True), ("index([5, 6], 1)", 6), ("keys({b = 1, a = 2})", ["a", "b"]), ("values({b = 1, a = 2})", [2, 1]),
    ('lookup({a = 1}, "b", 2)', 2), ("merge({a = 1}, {a = 2, b = 3})", {"a": 2, "b": 3}), ('zipmap(["a"], [1])', {"a": 1}), ('sort(["b", "a"])', ["a", "b"]), ("setunion([1], [1, 2])", [1, 2]), ("setintersection([1, 2], [2])", [2]), ("setproduct([1], [2, 3])", [[1, 2], [1, 3]]),
    ('base64encode("é")', "w6k="), ('base64decode("w6k=")', "é"), ('jsonencode({a = [1, "<"]})', '{"a":[1,"\\u003c"]}'), ('jsondecode("{\\"a\\": 1.5}")', {"a": 1.5}), ('yamldecode("a: [1, x]")', {"a": [1, "x"]}), ('csvdecode("a,b\\n1,2")', [{"a": "1", "b": "2"}]), ('urlencode("a b&")', "a+b%26"),
    ('md5("a")', "0cc175b9c0f1b6a831c399e269772661"), ('sha1("a")', "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"), ('uuidv5("dns", "a.b")', "0e7af403-ee0d-594b-ab31-08b1c687f2fa"), ('cidrhost("10.0.0.0/8", 5)', "10.0.0.5"), ('cidrnetmask("10.0.0.0/12")', "255.240.0.0"),
    ('cidrsubnet("10.0.0.0/8", 8, 2)', "10.2.0.0/16"), ('cidrsubnets("10.0.0.0/16", 8, 4)', ["10.0.0.0/24", "10.0.16.0/20"]), ('formatdate("DD MMM YYYY hh:mm ZZZ", "2024-01-02T03:04:05Z")', "02 Jan 2024 03:04 UTC"), ('timeadd("2024-01-01T00:00:00Z", "1h30m")', "2024-01-01T01:30:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "value"), [*[pair for pair in VALUES if pair[1] is not None], *FUNCTION_VALUES])
def test_an_expression_has_the_value(expression: str, value: object) -> None:
    assert value_of(expression) == value


def test_every_function_of_nomad_is_known() -> None:
    nomad = [
        "abs",
        "base64decode",
        "base64encode",
        "bcrypt",
        "ceil",
        "chomp",
        "chunklist",
        "cidrhost",
        "cidrnetmask",
        "cidrsubnet",
        "cidrsubnets",
        "coalesce",
        "coalescelist",
        "compact",
        "concat",
        "contains",
        "csvdecode",
        "distinct",
        "element",
        "flatten",
        "floor",
        "format",
        "formatdate",
        "formatlist",
        "indent",
        "index",
        "join",
        "jsondecode",
        "jsonencode",
        "keys",
        "length",
        "log",
        "lookup",
        "lower",
        "max",
        "md5",
        "merge",
        "min",
        "parseint",
        "pow",
        "range",
        "reverse",
        "replace",
        "regex_replace",
        "rsadecrypt",
        "setintersection",
        "setproduct",
        "setunion",
        "sha1",
        "sha256",
        "sha512",
        "signum",
        "slice",
        "sort",
        "split",
        "strlen",
        "strrev",
        "substr",
        "timeadd",
        "title",
        "trim",
        "trimprefix",
        "trimspace",
        "trimsuffix",
        "upper",
        "urlencode",
        "uuidv4",
        "uuidv5",
        "values",
        "yamldecode",
        "yamlencode",
        "zipmap",
        "abspath",
        "basename",
        "dirname",
        "file",
        "filebase64",
        "fileexists",
        "fileset",
        "pathexpand",
    ]
    assert set(nomad) == set(FUNCTIONS)


FINDINGS = [
    ("1 + true", 'x:1,9: Invalid operand; Unsuitable value for right operand: number required.'),
    ('"a" - 1', 'x:1,5: Invalid operand; Unsuitable value for left operand: a number is required.'),
    ("1 / 0", "x:1,5: Operation failed; Error during operation: division by zero."),
    ("[1][3]", "x:1,8: Invalid index; The given key does not identify an element in this collection value."),
    ("{a = 1}.b", 'x:1,12: Unsupported attribute; This object does not have an attribute named "b".'),
    ("1 ? 2 : 3", "x:1,5: Incorrect condition type; The condition expression must be of type bool."),
    ('"a${[]}"', "x:1,9: Invalid template interpolation value; Cannot include the given value in a string template: string required."),
    ("[for x in 1 : x]", "x:1,15: Iteration over non-iterable value; A value of type number cannot be used as the collection in a 'for' expression."),
    ("uper(1)", 'x:1,5: Call to unknown function; There is no function named "uper". Did you mean "upper"?'),
    ("upper()", 'x:1,11: Not enough function arguments; Function "upper" expects 1 argument(s). Missing value for "str".'),
    ("upper([])", 'x:1,11: Invalid function argument; Invalid value for "str" parameter: string required.'),
    ('file("/etc/passwd")', 'x:1,5: Error in function call; Call to function "file" failed: filesystem function disabled.'),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "finding"), FINDINGS)
def test_what_has_no_value_has_one_finding(expression: str, finding: str) -> None:
    tree = parse_tree(f"a = {expression}\n", "x")
    scope = Scope(tree.source)
    attribute = tree.body.attribute("a")
    assert attribute is not None
    assert isinstance(evaluate(attribute.value, scope), Unknown)
    assert [str(one) for one in scope.findings] == [finding]
