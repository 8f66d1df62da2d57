"""Tells a run's story in a terminal: a line for each event, what a form is about where that was not told before, and a
live region while a step works.

Where the output is no terminal, lines are plain and the live region is printed as it changes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from muster.core.console import visible
from muster.core.redaction import redact
from muster.core.runs.events import EventKind, RunEvent
from muster.core.runs.listening import Asked, Ended, Happening, NodeFinished, NodeStarted, Progress, Traced, Waiting

_STYLES: dict[EventKind, tuple[str, str]] = {
    "found": ("-", "cyan"),
    "decided": ("-", "cyan"),
    "asked": ("?", "yellow"),
    "answered": (">", "yellow"),
    "acted": ("*", "bold blue"),
    "observed": ("-", "green"),
    "failed": ("x", "bold red"),
    "repaired": ("+", "magenta"),
    "warned": ("!", "yellow"),
}
_DETAIL_LINES = 400
_BAR = 40


class TerminalView:
    """A listener. A step shows a live region by `runtime.stream_writer({"lines": [...]})`; with `"share": 0.4` a bar
    stands above it, and with `"passing": True` it is not printed where the output is no terminal."""

    def __init__(self, console: Console, *, verbose: bool = False) -> None:
        self._console = console
        self._verbose = verbose
        self._live: Live | None = None
        self._shown: tuple[str, ...] = ()
        self._told: set[str] = set()
        self._spinner = Spinner("dots", style="dim")

    def __call__(self, happening: Happening) -> None:
        """Show one happening."""
        match happening:
            case NodeStarted(node=node) if self._verbose:
                self._console.print(Text(f"  {node}", style="dim"))
            case Progress(payload=payload):
                self._progress(_lines(payload), _share(payload), passing=_is_passing(payload))
            case NodeFinished(update=update):
                self._close()
                self._events(update.get("events") or [])
            case Asked(form=form):
                self._close()
                self._preview(form.preview)
            case Traced(session=session):
                self._console.print(f"traces: session {session}", soft_wrap=True)
            case Waiting(text=text):
                self._wait(text)
            case NodeStarted() | Ended():
                self._close()

    def close(self) -> None:
        """Leave the terminal as it was; to be called when the run ends by an error."""
        self._close()

    def _preview(self, preview: str) -> None:
        if preview and preview not in self._told:
            self._indented(_shown(preview).splitlines())

    def _events(self, events: Sequence[Any]) -> None:
        for event in events:
            if isinstance(event, RunEvent):
                self._event(event)

    def _event(self, event: RunEvent) -> None:
        mark, style = _STYLES[event.kind]
        self._console.print(Text(f"{mark} {_shown(event.text)}", style=style), soft_wrap=True)
        lines = _shown(event.detail).splitlines()
        self._indented(lines[:_DETAIL_LINES])
        if len(lines) > _DETAIL_LINES:
            self._indented([f"({len(lines) - _DETAIL_LINES} more lines are in the report)"])
        else:
            self._told.add(event.detail)

    def _indented(self, lines: list[str]) -> None:
        for line in lines:
            self._console.print(Text(f"    {line}", style=_diff_style(line)), soft_wrap=True)

    def _progress(self, lines: list[str], share: float | None, *, passing: bool) -> None:
        if not lines or (passing and not self._console.is_terminal):
            return
        if not self._console.is_terminal:
            for line in lines:
                if line not in self._shown:
                    self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            region = Table.grid()  # a bar ends no line by itself
            if share is not None:
                region.add_row(ProgressBar(total=1.0, completed=share, width=_BAR))
            region.add_row(Text("\n".join(lines), style="dim"))
            self._region().update(region, refresh=True)
        self._shown = tuple(lines)

    def _wait(self, text: str) -> None:
        if not text:
            self._close()
        elif self._console.is_terminal:
            self._spinner.update(text=Text(_shown(text), style="dim"))
            self._region().update(self._spinner, refresh=True)

    def _region(self) -> Live:
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        return self._live

    def _close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._shown = ()


def _lines(payload: object) -> list[str]:
    if not isinstance(payload, dict) or "lines" not in payload:
        return []
    return [_shown(str(line)) for line in cast(Mapping[str, Sequence[object]], payload)["lines"]]


def _share(payload: object) -> float | None:
    share = cast(Mapping[str, object], payload).get("share") if isinstance(payload, dict) else None
    return min(1.0, max(0.0, share)) if isinstance(share, float) else None


def _is_passing(payload: object) -> bool:
    return isinstance(payload, dict) and cast(Mapping[str, object], payload).get("passing") is True


def _shown(text: str) -> str:
    return visible(redact(text))


def _diff_style(line: str) -> str:
    return {"+": "green", "-": "red"}.get(line.lstrip()[:1], "dim")
