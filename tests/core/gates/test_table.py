import io

import pytest
from rich.console import Console

from muster.core.errors import NoAnswerError
from muster.core.gates.draft import Draft
from muster.core.gates.front import DefaultsFront
from muster.core.gates.questions import Form, Row, RowSource, TableQuestion
from muster.core.gates.table import confirm_table, draw_table, set_row
from muster.core.gates.terminal import TerminalFront
from muster.core.gates.validate import Accepted

FIXED, VAULT = RowSource(name="fixed", like="value"), RowSource(name="vault", prefix="vault:", like="PATH#KEY")
PORT = RowSource(name="port", prefix="the:port")
SOURCES = [FIXED, VAULT, PORT]
KEY = Row(
    key="web.KEY", suggestion="vault:a#b", confidence=0.5, sources=[VAULT], pattern="vault:.*", like="vault:PLACE"
)
MODE = Row(key="web.MODE", value="prod", confidence=1.0, sources=SOURCES, reason="said so")
ENV = TableQuestion(id="env", text="Env?", rows=[MODE, KEY])


def shown(question: TableQuestion) -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(draw_table(question))
    return " ".join(out.getvalue().split())


def asked(typed: str, question: TableQuestion = ENV) -> tuple[object, str]:
    out = io.StringIO()
    front = TerminalFront(Console(file=out, width=200), io.StringIO(typed))
    return front.ask(Form(title="T", questions=[question]), Draft())["env"], out.getvalue()


def test_a_row_says_its_source_and_how_sure_it_is() -> None:
    assert "1 web.MODE fixed prod 100% said so 2 web.KEY vault vault:a#b (suggested) 50%" in shown(ENV)


def test_the_longest_prefix_tells_the_source() -> None:
    row = MODE.model_copy(update={"value": "vault:x#y"})
    assert (row.source, MODE.model_copy(update={"value": None}).source) == (VAULT, None)


def test_a_person_who_confirms_takes_what_is_suggested() -> None:
    assert asked("\n")[0] == {"web.MODE": "prod", "web.KEY": "vault:a#b"}


def test_nobody_is_no_person_to_confirm_a_suggestion() -> None:
    with pytest.raises(NoAnswerError, match=r"needs a value for web.KEY \(vault:a#b\?\)"):
        DefaultsFront().ask(Form(title="T", questions=[ENV]), Draft())


def test_what_may_stay_empty_takes_no_suggestion_by_default() -> None:
    rows = [row.model_copy(update={"optional": True}) for row in ENV.rows]
    form = Form(title="T", questions=[ENV.model_copy(update={"rows": rows})])
    assert DefaultsFront().ask(form, Draft()) == {"env": {"web.MODE": "prod"}}


def test_edit_walks_through_every_row_and_shows_the_table_again() -> None:
    answer, out = asked("edit\nvault\nx#y\nc#d\n\n")
    assert answer == {"web.MODE": "vault:x#y", "web.KEY": "vault:c#d"}
    assert out.count("value or place") == 2


def test_edit_of_one_row_keeps_its_source_and_value_by_enter() -> None:
    assert asked("edit MODE\n\n\n\n")[0] == {"web.MODE": "prod", "web.KEY": "vault:a#b"}


def test_a_suggestion_that_is_walked_through_is_confirmed() -> None:
    out = asked("edit 2\n\n\n")[1]
    assert "web.KEY   vault   vault:a#b       100%  set here" in out


def test_a_source_without_a_text_is_the_whole_value() -> None:
    assert asked("edit 1\nport\n\n")[0] == {"web.MODE": "the:port", "web.KEY": "vault:a#b"}


def test_a_row_that_does_not_take_the_value_is_asked_again() -> None:
    question = ENV.model_copy(update={"rows": [MODE.model_copy(update={"pattern": "[a-z]+", "like": "letters"})]})
    answer, out = asked("edit 1\nfixed\n1\nfixed\nabc\n\n", question)
    assert answer == {"web.MODE": "abc"}
    assert "The row web.MODE must look like letters." in out


def test_a_row_that_is_not_there_is_told() -> None:
    assert "has no such row: 'NOPE' is no row" in asked("edit NOPE\n\n")[1]


def test_a_set_row_is_certain_and_an_emptied_one_is_open() -> None:
    changed = set_row(ENV, 0, "dev")
    assert isinstance(changed, TableQuestion)
    assert (changed.rows[0].value, changed.rows[0].confidence, changed.rows[0].reason) == ("dev", 1.0, "set here")
    emptied = set_row(ENV, 1, "")
    assert isinstance(emptied, TableQuestion)
    assert not isinstance(confirm_table(emptied), Accepted)
