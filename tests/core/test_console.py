import os
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


def test_a_reader_that_has_gone_is_an_exception_once_and_not_the_end_of_the_process() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        console = make_console()
        console.file = pipe
        with pytest.raises(BrokenPipeError, match="nobody reads"):
            console.print("x" * 100_000)
        console.print("and no more")
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)  # for what the pipe's own buffer still holds
