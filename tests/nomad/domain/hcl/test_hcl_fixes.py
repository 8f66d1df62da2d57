"""Translating HCL1: what becomes of each habit, and that all else stays."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from muster.nomad.domain.hcl.api import parse_job
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.fixes.edits import apply_edits
from muster.nomad.domain.hcl.fixes.fix import fix_job
from muster.nomad.domain.hcl.nodes import Block, Body
from muster.nomad.domain.hcl.positions import Edit, Span
from muster.nomad.domain.hcl.tokens import tokenize
from muster.nomad.domain.hcl.tree import parse_tree
from nomad.domain.hcl.recorded_parses import RecordedParse, corpus
from nomad.domain.hcl.test_hcl_fuzz import PIECES
from shared_data import needs_shared

RUNNING = [recorded for recorded in corpus() if recorded.job]


def in_task(lines: str, group: str = "") -> str:
    return f'job "j" {{\n  group "g" {{\n{group}    task "t" {{\n      driver = "docker"\n{lines}    }}\n  }}\n}}\n'


CONFIG = '      config {\n        image = "a:1"\n        port_map {\n          http = 80 # inside\n        }\n      }\n'
NETWORK = '      resources {\n        cpu = 100\n\n        network {\n          mbits = 10\n          port "http" {}\n        }\n      }\n'
PORTS = '      config {\n        image = "a:1"\n        # inside\n        ports = ["http"]\n      }\n'
RESOURCES = "      resources {\n        cpu = 100\n      }\n"
GROUP = '    network {\n      port "http" { to = 80 }\n    }\n\n'

FIXES = {
    "names without quotes": (in_task('      env {\n        "A" = "b" # c\n      }\n'), in_task('      env {\n        A = "b" # c\n      }\n')),
    "names that need quotes make a map": (in_task('      meta {\n        "a.b" = "c"\n        "d" = "e"\n      }\n'), in_task('      meta = {\n        "a.b" = "c"\n        "d" = "e"\n      }\n')),
    "blocks without equals sign": (in_task('      config = {\n        image = "a"\n      }\n'), in_task('      config {\n        image = "a"\n      }\n')),
    "lists of one": ('job "j" {\n  datacenters = "dc1"\n}\n', 'job "j" {\n  datacenters = ["dc1"]\n}\n'),
    "mbits": (in_task("", "    network {\n      mbits = 10\n    }\n"), in_task("", "    network {\n    }\n")),
    "the ports of a task": (in_task(CONFIG + NETWORK), in_task(PORTS + RESOURCES, GROUP)),
    "a port_map for the ports of the group": (in_task(CONFIG, '    network {\n      port "http" {\n        static = 1\n      }\n    }\n'), in_task(PORTS, '    network {\n      port "http" {\n        static = 1\n        to = 80\n      }\n    }\n')),
    "two tasks": (
        in_task(NETWORK + '    }\n    task "u" {\n      driver = "exec"\n' + NETWORK.replace("http", "admin")),
        in_task(RESOURCES + '    }\n    task "u" {\n      driver = "exec"\n' + RESOURCES, '    network {\n      port "http" {}\n      port "admin" {}\n    }\n\n'),
    ),
}  # fmt: skip

KEPT = {
    "a map": 'job "j" {\n  meta = {\n    "a.b" = "c"\n  }\n}\n',
    "two ports of one name": in_task(NETWORK.replace("          mbits = 10\n", "") + '    }\n    task "u" {\n' + NETWORK.replace("          mbits = 10\n", "")),
    "a port_map without its port": in_task(CONFIG),
    "an object with commas": in_task('      config {\n        logging = { type = "x", config = { a = 1 } }\n      }\n'),
    "no HCL": "job {{{",
    "nothing": "",
}  # fmt: skip


@pytest.mark.parametrize("habit", FIXES)
def test_a_habit_is_translated(habit: str) -> None:
    old, new = FIXES[habit]
    assert fix_job(old) == new


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_what_can_not_or_need_not_be_translated_stays(text: str) -> None:
    assert fix_job(text) == text


def test_on_the_network_of_the_host_nothing_is_mapped() -> None:
    fixed = fix_job(in_task(CONFIG.replace("image", 'network_mode = "host"\n        image') + NETWORK))
    assert "port_map" not in fixed
    assert "to = 80" not in fixed


def test_line_ends_of_windows_stay() -> None:
    old, new = (text.replace("\n", "\r\n") for text in FIXES["the ports of a task"])
    assert fix_job(old) == new


def test_the_habit_behind_an_error_of_syntax_is_named() -> None:
    found = check_job(FIXES["names without quotes"][0], filename="j")
    assert [one.severity for one in found] == ["error", "warning"]
    assert (found[1].code, found[1].line, found[1].col) == ("hcl1-quoted-name", 6, 9)


def test_a_template_of_another_tool_is_named() -> None:
    found = check_job('job "j" {\n  priority = [[ .priority ]]\n}\n', filename="j")
    assert (found[-1].code, found[-1].line) == ("foreign-template", 2)


def quoted(body: Body, inside: str = "") -> list[Edit]:
    """Every name in the free maps of a file, put in quotes; networks get an mbits."""
    edits: list[Edit] = []
    for item in body.items:
        if isinstance(item, Block):
            edits += quoted(item.body, item.type)
            if item.type == "network" and item.body.attribute("mbits") is None:
                edits.append(Edit(Span(item.open_span.end, item.open_span.end), "\nmbits = 5 # was\n"))
        elif inside in ("env", "meta", "labels"):
            edits.append(Edit(item.name_span, f'"{item.name}"'))
    return edits


def in_hcl1(text: str) -> str:
    return apply_edits(text, quoted(parse_tree(text, "").body))


def comments(text: str) -> list[str]:
    return sorted(re.sub(r"\s+", " ", comment.text) for comment in tokenize(text)[1])


@needs_shared
@pytest.mark.parametrize("recorded", RUNNING, ids=lambda recorded: recorded.name)
def test_habits_put_into_a_public_job_are_translated_back(recorded: RecordedParse) -> None:
    old = in_hcl1(recorded.text)
    new = fix_job(old)
    assert [str(one) for one in check_job(new, filename="j") if one.severity == "error"] == []
    assert parse_job(new).job == parse_job(fix_job(recorded.text)).job
    assert fix_job(new) == new
    assert comments(new) == comments(old)


def without_ports(value: JsonValue) -> JsonValue:
    """A job without what the translation moves."""
    if isinstance(value, list):
        return [without_ports(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without_ports(item) for key, item in value.items() if key not in ("Networks", "port_map", "ports")}


@needs_shared
@pytest.mark.parametrize("recorded", RUNNING, ids=lambda recorded: recorded.name)
def test_all_but_the_ports_of_a_public_job_stays_as_it_is(recorded: RecordedParse) -> None:
    assert without_ports(parse_job(fix_job(recorded.text)).job) == without_ports(parse_job(recorded.text).job)


def test_habits_are_put_into_many_public_jobs() -> None:
    assert not RUNNING or sum(in_hcl1(one.text) != one.text for one in RUNNING) > 40


@settings(deadline=None)
@given(st.lists(st.sampled_from((*PIECES, '"A" = ', "port_map {", "network {", "resources {", "config = {", "mbits = 1")), max_size=40).map("".join))  # fmt: skip
def test_any_pieces_are_fixed_once_and_for_all(text: str) -> None:
    fixed = fix_job(text)
    assert fix_job(fixed) == fixed


def vault(inner: str, more: str = "") -> str:
    return in_task(f"      vault {{\n{inner}      }}\n{more}")


ONE_SECRET = '        env {\n          DB_PASSWORD = "secret/app/db#password" # of the app\n        }\n'
ITS_TEMPLATE = """      vault {}

      # of the app
      template {
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with secret "secret/data/app/db" }}
          DB_PASSWORD={{ .Data.data.password | toJSON }}
          {{ end }}
        EOT
      }
"""


def test_secrets_in_a_vault_block_become_a_template() -> None:
    fixed = fix_job(vault(ONE_SECRET))
    assert fixed == in_task(ITS_TEMPLATE)
    assert fix_job(fixed) == fixed
    assert [one for one in check_job(fixed, filename="") if one.severity == "error"] == []


def test_what_else_a_vault_block_says_stays() -> None:
    fixed = fix_job(vault('        policies = ["web"]\n        env = { A = "kv/x#a", B = "kv/y#b-c" }\n'))
    assert 'vault {\n        policies = ["web"]\n      }' in fixed
    assert fixed.count("template {") == 2
    assert 'index .Data.data "b-c"' in fixed


@pytest.mark.parametrize(
    "text",
    [
        vault("        env = true\n"),
        vault('        env {\n          A = "no place"\n        }\n'),
        vault('        env {\n          A = "${var.path}#key"\n        }\n'),
        vault(ONE_SECRET, '      template {\n        destination = "${NOMAD_SECRETS_DIR}/secrets.env"\n      }\n'),
    ],
)
def test_a_vault_block_that_can_not_be_told_stays(text: str) -> None:
    assert fix_job(text) == text


def test_the_warning_writes_the_right_form_out() -> None:
    told = [one.detail for one in check_job(vault(ONE_SECRET), filename="") if one.code == "vault-env-block"]
    assert len(told) == 1
    assert '{{ with secret "secret/data/app/db" }} DB_PASSWORD={{ .Data.data.password | toJSON }} {{ end }}' in told[0]
