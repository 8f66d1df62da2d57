"""The table of nodes in `docs/architecture.md` is the graph's, and says what each node reads and writes."""

import ast
import inspect
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from docs.console import ROOT
from docs.tables import Row, codes, table
from muster.nomad import submitting
from muster.nomad.graph import build_graph
from muster.nomad.state import State, Update

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS: dict[str, Row] = {codes(row[0])[0]: row for row in table(PAGE, "| node | reads | writes |")}


def functions() -> dict[str, Callable[..., Update]]:
    nodes = cast(dict[str, Any], build_graph().nodes)
    return {name: node.runnable.func for name, node in nodes.items()}


def trees(function: Callable[..., Update]) -> Iterator[ast.FunctionDef]:
    """The node's function, and those of its file and of `submitting` that it calls."""
    sources = [inspect.getsource(submitting), inspect.getsource(inspect.getmodule(function) or function)]
    bodies = (one for source in sources for one in ast.parse(source).body)
    known = {one.name: one for one in bodies if isinstance(one, ast.FunctionDef)}
    due, seen = [function.__name__], set[str]()
    while due:
        name = due.pop()
        seen.add(name)
        yield known[name]
        called = {one.id for one in ast.walk(known[name]) if isinstance(one, ast.Name)}
        due += sorted((called & known.keys()) - seen - set(due))


def fields_read(function: Callable[..., Update]) -> set[str]:
    attributes = (one for tree in trees(function) for one in ast.walk(tree) if isinstance(one, ast.Attribute))
    return {one.attr for one in attributes if isinstance(one.value, ast.Name) and one.value.id == "state"}


def fields_written(function: Callable[..., Update]) -> set[str]:
    """The keys of every update: of dictionaries, and set one by one."""
    found: set[str] = set()
    for one in (node for tree in trees(function) for node in ast.walk(tree)):
        if isinstance(one, ast.Dict):
            found |= {key.value for key in one.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        elif isinstance(one, ast.Subscript) and isinstance(one.slice, ast.Constant):
            found.add(str(one.slice.value))
    return found & (Update.__annotations__.keys() - {"events"})


def said(cell: str) -> set[str]:
    return {name.strip() for name in cell.split(",")} - {""}


def test_the_table_names_the_nodes_of_the_graph_in_their_order() -> None:
    assert list(ROWS) == list(functions())


@pytest.mark.parametrize("name", ROWS)
def test_the_table_says_what_a_node_reads(name: str) -> None:
    assert said(ROWS[name][1]) == fields_read(functions()[name])


@pytest.mark.parametrize("name", ROWS)
def test_the_table_says_what_a_node_writes(name: str) -> None:
    assert said(ROWS[name][2]) == fields_written(functions()[name])


@pytest.mark.parametrize("name", ROWS)
def test_the_table_says_which_nodes_ask(name: str) -> None:
    asks = any(
        isinstance(one, ast.Name) and one.id == "ask" for tree in trees(functions()[name]) for one in ast.walk(tree)
    )
    assert ("(asks)" in ROWS[name][0]) == asks


def test_every_field_of_the_state_is_written_by_somebody_or_given_at_the_start() -> None:
    written = set[str]().union(*(said(row[2]) for row in ROWS.values()))
    at_the_start = {"source", "prompt", "goal", "prepared", "given", "remember"}
    assert State.model_fields.keys() - written - {"events"} == at_the_start
