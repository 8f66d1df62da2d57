"""Go's way of printing, and what its parsers refuse."""

import pytest

from muster.nomad.embedded.validation.expressions import cron_error, regexp_error, semver_error, version_error
from muster.nomad.embedded.validation.wording import lasting, listed, quoted, warned

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("duration_ns", "spoken"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5µs"),
        (300_000_000, "300ms"),
        (1_500_000_000, "1.5s"),
        (10 * SECOND, "10s"),
        (60 * SECOND, "1m0s"),
        (3600 * SECOND, "1h0m0s"),
        (86_400 * SECOND, "24h0m0s"),
        (-90 * SECOND, "-1m30s"),
    ],
)
def test_durations_are_spoken_as_go_does(duration_ns: int, spoken: str) -> None:
    assert lasting(duration_ns) == spoken


@pytest.mark.parametrize(
    ("value", "plain", "ascii_only"),
    [
        ("a b", '"a b"', '"a b"'),
        ('say "hi"\n', '"say \\"hi\\"\\n"', '"say \\"hi\\"\\n"'),
        ("é", '"é"', '"\\u00e9"'),
        ("\x00", '"\\x00"', '"\\x00"'),
        ("😀", '"😀"', '"\\U0001f600"'),
    ],
)
def test_strings_are_quoted_as_go_does(value: str, plain: str, ascii_only: str) -> None:
    assert quoted(value) == plain
    assert quoted(value, ascii_only=True) == ascii_only


def test_errors_are_listed_as_go_multierror_does() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "1 error occurred:\n\t* a\n\n"
    assert listed(["a", "b"]) == "2 errors occurred:\n\t* a\n\t* b\n\n"
    assert warned(["a", "b"]) == "2 warning(s):\n\n* a\n* b"


@pytest.mark.parametrize("constraint", [">= 1.2", "~> 1.0, < 2", "1.2.3-beta", "= v1.0+build", "> 1.2beta"])
def test_version_constraints_of_go_version_pass(constraint: str) -> None:
    assert version_error(constraint) == ""


def test_semantic_versions_are_stricter() -> None:
    assert semver_error(">= 0.6.1") == ""
    assert semver_error("> 1.2beta") == "Malformed constraint: > 1.2beta"
    assert semver_error("~> 1.0") == "Malformed constraint: ~> 1.0"
    assert version_error(">= 1, nope") == "Malformed constraint:  nope"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("^a+$", ""),
        ("(a", "missing closing ): `(a`"),
        ("[a", "missing closing ]: `[a`"),
        ("*a", "missing argument to repetition operator: `*`"),
        ("a(?=b)", "invalid or unsupported Perl syntax: `(?=`"),
        ("a)", "unexpected ): `a)`"),
    ],
)
def test_regular_expressions_are_re2s(pattern: str, reason: str) -> None:
    assert regexp_error(pattern) == (f"error parsing regexp: {reason}" if reason else "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("*/15 * * * *", ""),
        ("@daily", ""),
        ("0 0 L * 5#3", ""),
        ("0 0 1-15/2 jan,mar mon-fri 2030", ""),
        ("0 0 15W * *", ""),
        ("x y", "missing field(s)"),
        ("61 * * * *", "syntax error in minute field: '61'"),
        ("* 24 * * *", "syntax error in hour field: '24'"),
        ("*/0 * * * *", "invalid interval */0"),
        ("* * * * fun", "syntax error in day-of-week field: 'fun'"),
        ("* * , * *", "day-of-month field: missing directive"),
    ],
)
def test_cron_lines_are_those_of_cronexpr(line: str, reason: str) -> None:
    assert cron_error(line) == reason
