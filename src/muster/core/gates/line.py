"""One line that is typed over a present text: what a key does to it. Pure."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Line:
    """The text so far, with the cursor at its end; `done` once Enter took it."""

    text: str
    done: bool = False


def type_key(line: Line, key: str) -> Line:
    """The line after a key of `keys.read_letter`; what can't be printed changes nothing."""
    match key:
        case "enter":
            return replace(line, done=True)
        case "erase":
            return replace(line, text=line.text[:-1])
        case "clear":
            return replace(line, text="")
        case _:
            return replace(line, text=line.text + key) if len(key) == 1 and key.isprintable() else line
