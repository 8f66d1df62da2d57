"""How a verb may end, and what is written down each time: the row's status, a journal entry, the report."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from muster.core.agent import AnyAgent, Section, Verdict
from muster.core.clock import Clock
from muster.core.errors import MusterError, QuitError
from muster.core.gates.questions import Form
from muster.core.runs.events import RunEvent
from muster.core.runs.journal import Journal, plain_json
from muster.core.runs.report import Account, render_report
from muster.core.runs.store import RunFolder, write_atomically

_EVENTS: TypeAdapter[list[RunEvent]] = TypeAdapter(list[RunEvent])


class Endings:
    """Writes down one run's endings; a block that an exception leaves ends badly, and the exception passes.

    `values` reads the last saved state.
    """

    def __init__(
        self, agent: AnyAgent, folder: RunFolder, journal: Journal, clock: Clock, values: Callable[[], dict[str, Any]]
    ) -> None:
        self._agent = agent
        self._folder = folder
        self._journal = journal
        self._clock = clock
        self._values = values

    def __enter__(self) -> None:
        self._folder.set_status("running", "", self._clock)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        left = isinstance(error, KeyboardInterrupt | SystemExit | QuitError | BrokenPipeError)
        text = str(error) or ("interrupted" if left else type(error).__name__)
        self._journal.write("cancelled" if left else "failed", text, {"error": type(error).__name__})
        self._folder.set_status("cancelled" if left else "failed", text.splitlines()[0], self._clock)
        self.report()
        if not isinstance(error, MusterError):
            error.add_note(f"The run's report is {self._folder.report}.")

    def waiting(self, form: Form) -> None:
        """The run stopped at a form."""
        self._journal.write("asked", form.title, {"form": plain_json(form.model_dump(mode="json"))})
        self._folder.set_status("waiting", form.title, self._clock)
        self.report()

    def finished(self, verdict: Verdict) -> None:
        """The run reached its end."""
        self._journal.write("finished", verdict.summary, {"ok": verdict.ok})
        self._folder.set_status("finished" if verdict.ok else "failed", verdict.summary, self._clock, done=True)
        self.report()

    def report(self, *, crashed: bool = False) -> None:
        """Write REPORT.md from the row, the journal and the last saved state, then what the agent lays beside it."""
        values, row = self._values(), self._folder.row()
        state = self._state(values)
        account = Account(
            row=row.model_copy(update={"status": "crashed"}) if crashed else row,
            entries=self._journal.entries(),
            events=tuple(_EVENTS.validate_python(values.get("events", []))),
            sections=self._agent.report_sections(state) if state else (),
        )
        write_atomically(self._folder.report, render_report(account))
        if missing := self._write_files(state, account):
            told = replace(account, sections=(*account.sections, Section("Missing", missing)))
            write_atomically(self._folder.report, render_report(told))

    def _write_files(self, state: BaseModel | None, account: Account) -> str:
        """Why they could not be written; empty where they are."""
        folder = self._folder.path
        try:
            for name, text in self._agent.report_files(state, account, folder).items():
                write_atomically(folder / name, text)
        except Exception as error:  # noqa: BLE001  # a figure that fails hides neither REPORT.md nor the run's own error
            return f"Beside this report more was to be written, which failed: {' '.join(repr(error).split())}"
        return ""

    def _state(self, values: dict[str, Any]) -> BaseModel | None:
        try:
            return self._agent.state.model_validate(values)
        except ValidationError:
            return None  # nothing was saved yet, or another version saved it
