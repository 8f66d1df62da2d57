import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.dotenv import Assignment, parse_dotenv
from muster.nomad.domain.extractors.env_example import EXTRACTOR, extract_env_examples
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import EnvFact, Evidence, PortFact


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A=1", Assignment("A", "1", 1)),
        ("  export A = x y ", Assignment("A", "x y", 1)),
        ("A=x # why", Assignment("A", "x", 1)),
        ("A=x#y", Assignment("A", "x#y", 1)),
        ("A= # why", Assignment("A", "", 1)),
        ("A=", Assignment("A", "", 1)),
        ('A="x # y" # z', Assignment("A", "x # y", 1)),
        ('A="a\\nb\\"c"', Assignment("A", 'a\nb"c', 1)),
        ("A='$x\\n'", Assignment("A", "$x\\n", 1, literal=True)),
        ("A: yaml", Assignment("A", "yaml", 1)),
        ("# A=1", Assignment("A", "1", 1, commented=True)),
        ("#A=1", Assignment("A", "1", 1, commented=True)),
        ('A="never closed', Assignment("A", "never closed", 1)),
        ('A="two\nlines"', Assignment("A", "two\nlines", 1)),
    ],
)
def test_an_assignment_is_read(line: str, expected: Assignment) -> None:
    assert parse_dotenv(line) == (expected,)


@pytest.mark.parametrize(
    "line", ["", "# prose", "# REQUIRED: prose", "# a = b", "#", "=x", "1A=x", "just words", "- A=1"]
)
def test_a_line_that_assigns_nothing_is_passed_over(line: str) -> None:
    assert parse_dotenv(line) == ()


def test_lines_are_counted_through_quoted_values() -> None:
    assert [(one.name, one.line) for one in parse_dotenv('A="1\n2\n3"\nB=1\r\nC=2')] == [("A", 1), ("B", 4), ("C", 5)]


def read(text: str, path: str = ".env.example") -> tuple[Evidence, ...]:
    return extract_env_examples({path: SourceFile(path, text)})


def test_names_come_with_hints_placeholders_and_secrets_without() -> None:
    text = "LEVEL=info\nDB_PASSWORD=hunter2\nSITE=https://your-site.com\nEMPTY=\n"
    assert [one.fact for one in read(text)] == [
        EnvFact(name="LEVEL", value="info"),
        EnvFact(name="DB_PASSWORD", secret=True),
        EnvFact(name="SITE"),
        EnvFact(name="EMPTY"),
    ]


def test_a_secret_in_the_shape_of_a_value_is_seen_before_it_is_dropped() -> None:
    (one,) = read("DATABASE_URL=postgres://user:password@example.com/app")
    assert one.fact == EnvFact(name="DATABASE_URL", secret=True)


def test_evidence_is_about_the_folder_and_names_the_line() -> None:
    (one,) = read("# words\nA=1\n", "api/.env.sample")
    assert (one.unit, one.where, one.source) == ("folder:api", "api/.env.sample:2", "env example")
    assert one.reason == ".env.sample names it"


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("PORT=3000", PortFact(port=3000, env="PORT")),
        ("LISTEN_ADDR=0.0.0.0:8080", PortFact(port=8080, env="LISTEN_ADDR", env_form="0.0.0.0:{port}")),
    ],
)
def test_where_it_listens_is_a_port_as_well(line: str, fact: PortFact) -> None:
    assert fact in [one.fact for one in read(line)]


@pytest.mark.parametrize("line", ["DB_PORT=5432", "REDIS_ADDR=:6379", "PORT=", "# PORT=80", "PORT=yours", "API_PORT=1"])
def test_other_ports_are_none(line: str) -> None:
    assert not any(isinstance(one.fact, PortFact) for one in read(line))


def test_words_that_explain_a_commented_variable_are_no_value() -> None:
    assert parse_dotenv("# TRUST=true: headers count")[0].value == ""


def test_a_variable_behind_a_comment_is_optional_unless_it_also_stands_in_earnest() -> None:
    optional, earnest = sorted(read("# A=1\nB=2\n# B=3\n"), key=lambda one: one.confidence)
    assert optional.reason == ".env.example names it in a comment, so it is optional"
    assert optional.fact == EnvFact(name="A", value="1", optional=True)
    assert earnest.fact == EnvFact(name="B", value="2")


@pytest.mark.parametrize(
    "path", [".env.example", "a/.env.sample", ".env.template", "env.example", ".env.production.example"]
)
def test_every_usual_name_is_asked_for(path: str) -> None:
    assert EXTRACTOR.wants(path)


@pytest.mark.parametrize("path", [".env", ".env.local", "env.py"])
def test_real_environment_files_are_not(path: str) -> None:
    assert not EXTRACTOR.wants(path)


@given(st.lists(st.sampled_from(["A", "=", '"', "'", "#", "\n", "\\", "export ", " ", ": "]) | st.text(max_size=3)))
def test_no_text_ever_raises(parts: list[str]) -> None:
    read("".join(parts))
