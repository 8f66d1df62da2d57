"""REPORT.md: a pure function from what is known of a run to Markdown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pydantic import JsonValue

from muster.core.agent import Section
from muster.core.redaction import redact
from muster.core.runs.events import EventKind, RunEvent
from muster.core.runs.journal import Entry
from muster.core.runs.row import RunRow


@dataclass(frozen=True)
class Account:
    """Everything that a report is made of."""

    row: RunRow
    entries: tuple[Entry, ...]
    events: tuple[RunEvent, ...]
    sections: tuple[Section, ...] = ()


def render_report(account: Account) -> str:
    """The whole report, redacted, ending in a newline."""
    parts = [_heading(account)]
    for render in _PARTS:
        if section := render(account):
            parts.append(f"## {section.title}\n\n{section.body.strip()}")
    return redact("\n\n".join(parts)) + "\n"


def _heading(account: Account) -> str:
    row = account.row
    facts = (
        ("run", row.id),
        ("agent", f"{row.agent} {row.version}"),
        ("asked for", row.intent),
        ("in", row.cwd),
        ("options", _options(row.options)),
        ("started", f"{row.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("last change", f"{row.updated_at:%Y-%m-%d %H:%M:%S} UTC"),
    )
    table = "\n".join(f"| {name} | {_cell(value)} |" for name, value in facts if value)
    return f"# {row.intent}\n\n**{summary_line(row)}**\n\n| | |\n|---|---|\n{table}"


def summary_line(row: RunRow) -> str:
    """One line: how far the run came, and why no further."""
    told = not row.note or row.note.startswith(f"{row.status}: ")
    return row.note or row.status if told else f"{row.status}: {row.note}"


def _options(options: dict[str, JsonValue]) -> str:
    return ", ".join(f"{name}={value}" for name, value in options.items() if value not in (None, "", False, []))


def _sections_of(kinds: tuple[EventKind, ...], title: str) -> Callable[[Account], Section | None]:
    def render(account: Account) -> Section | None:
        chosen = [event for event in account.events if event.kind in kinds]
        return Section(title, "\n".join(map(_event, chosen))) if chosen else None

    return render


def _questions(account: Account) -> Section | None:
    lines: list[str] = []
    for entry in account.entries:
        if entry.kind == "asked":
            lines.append(f"- **{entry.text}** ({entry.at:%H:%M:%S})")
            lines += [
                f"  - asked `{name}`: {text}" + (f" ({reason})" if reason else "")
                for name, text, reason in questions_of(entry)
            ]
        elif entry.kind == "answered":
            lines += [f"  - answered `{name}`: {value}" for name, value in answers_of(entry)]
    return Section("Questions and answers", "\n".join(lines)) if lines else None


def questions_of(entry: Entry) -> Iterable[tuple[str, str, str]]:
    """`id, text, reason` of each question that was asked."""
    match entry.data.get("form"):
        case {"questions": list() as questions}:
            for question in questions:
                match question:
                    case {"id": str() as name, "text": str() as text, "reason": str() as reason}:
                        yield name, text, reason
                    case _:
                        pass
        case _:
            pass


def answers_of(entry: Entry) -> Iterable[tuple[str, str]]:
    """`id, value` of each answer, in words."""
    match entry.data.get("answers"):
        case dict() as answers:
            yield from ((name, _value(value)) for name, value in answers.items())
        case _:
            pass


def _agents_own(account: Account) -> Section | None:
    if not account.sections:
        return None
    first, *rest = account.sections
    more = [f"## {section.title}\n\n{section.body.strip()}" for section in rest]
    return Section(first.title, "\n\n".join([first.body.strip(), *more]))


def _course(account: Account) -> Section | None:
    shown = ("started", "asked", "answered", "resumed", "failed", "cancelled", "finished")
    lines = [
        f"- {entry.at:%Y-%m-%d %H:%M:%S} {entry.kind}" + (f": {_one_line(entry.text)}" if entry.text else "")
        for entry in account.entries
        if entry.kind in shown
    ]
    return Section("Course of the run", "\n".join(lines)) if lines else None


def _next(account: Account) -> Section:
    return Section("What to do next", next_step(account.row))


def next_step(row: RunRow) -> str:
    """What the reader can do now, by the run's status."""
    match row.status:
        case "waiting":
            return f"The run waits for an answer to “{row.note}”: `muster runs resume {row.id}`."
        case "finished":
            return "Nothing: the run is done."
        case "running":
            return f"The run is going on. If its process died, `muster runs resume {row.id}` goes on."
        case "failed" if row.done:
            return (
                "The run reached its end; nothing is left to go on with. Remove the cause, then run the command again."
            )
        case "cancelled":
            return f"`muster runs resume {row.id}` goes on at the interrupted step."
        case "failed" | "crashed":
            return f"Remove the cause, then `muster runs resume {row.id}` goes on at the interrupted step."


def _event(event: RunEvent) -> str:
    line = f"- {event.at:%H:%M:%S} `{event.node}` {_one_line(event.text)}"
    return f"{line}\n\n{_fenced(event.detail)}\n" if event.detail else line


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    language = "diff" if text.lstrip().startswith(("+", "-", "---", "@@")) else "text"
    body = "\n".join(f"  {line}" for line in text.rstrip("\n").splitlines())
    return f"  {fence}{language}\n{body}\n  {fence}"


def _value(value: JsonValue) -> str:
    match value:
        case dict():
            return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
        case list():
            return ", ".join(map(str, value)) or "none"
        case bool():
            return "yes" if value else "no"
        case None:
            return "nothing"
        case _:
            return _one_line(str(value)) or "nothing"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


_PARTS: tuple[Callable[[Account], Section | None], ...] = (
    _agents_own,
    _sections_of(("found", "observed", "warned"), "What was found"),
    _sections_of(("decided",), "Decisions"),
    _questions,
    _sections_of(("acted", "failed", "repaired"), "Attempts"),
    _course,
    _next,
)
