from pathlib import Path

import pytest
from rich.table import Table

from muster.core.console import make_console, visible


def test_a_pipe_gets_plain_unwrapped_text(capsys: pytest.CaptureFixture[str]) -> None:
    console = make_console()
    console.print("[red]x[/red] :smile:", "y" * 300, style="bold")
    table = Table("a", box=None)
    table.add_row("z" * 300)
    console.print(table)
    out = capsys.readouterr().out
    assert out == f"[red]x[/red] :smile: {'y' * 300}\n {'a':<300} \n {'z' * 300} \n"


def test_talk_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    make_console(stderr=True).print(Path("x"))
    assert capsys.readouterr() == ("", "x\n")


def test_control_characters_are_made_visible_and_lines_stay() -> None:
    assert visible("a\x1b[2J\tb\r\nc\rd\x9bé") == "a\\x1b[2J\tb\nc\\x0dd\\x9bé"
