"""A menu of choices as a value: what a key does to it, and how it looks. Pure."""

from dataclasses import dataclass, replace

from rich.text import Text

from muster.core.console import visible
from muster.core.gates.questions import ChoiceQuestion

HINT_ONE = "arrows or a number, Enter takes it, q quits"
HINT_MANY = "arrows or a number move, space marks, Enter takes the marked, q quits"


@dataclass(frozen=True)
class Menu:
    """Where the cursor is and what is marked; `done` once the user took their choice."""

    question: ChoiceQuestion
    cursor: int = 0
    marked: frozenset[int] = frozenset()
    done: bool = False

    def chosen(self) -> list[str]:
        """The values taken: the marked ones, or the one under the cursor."""
        picked = sorted(self.marked) if self.question.multiple else [self.cursor]
        return [self.question.choices[index].value for index in picked]


def open_menu(question: ChoiceQuestion) -> Menu:
    """The cursor on the first default, all defaults marked."""
    defaults = [index for index, choice in enumerate(question.choices) if choice.value in (question.default or [])]
    return Menu(question, cursor=defaults[0] if defaults else 0, marked=frozenset(defaults))


def press(menu: Menu, key: str) -> Menu:
    """The menu after a key; keys without a meaning change nothing."""
    count = len(menu.question.choices)
    match key:
        case "up":
            return replace(menu, cursor=(menu.cursor - 1) % count)
        case "down":
            return replace(menu, cursor=(menu.cursor + 1) % count)
        case " " if menu.question.multiple:
            return replace(menu, marked=menu.marked ^ {menu.cursor})
        case "enter":
            return replace(menu, done=bool(menu.marked) or not menu.question.multiple)
        case _ if key.isdecimal() and 1 <= int(key) <= count:
            return replace(menu, cursor=int(key) - 1)
        case _:
            return menu


def draw(menu: Menu) -> Text:
    """The menu's lines, the cursor's in reverse."""
    lines = [_line(menu, index) for index in range(len(menu.question.choices))]
    hint = HINT_MANY if menu.question.multiple else HINT_ONE
    return Text("\n").join([*lines, Text(f"  ({hint})", style="dim")])


def _line(menu: Menu, index: int) -> Text:
    choice = menu.question.choices[index]
    mark = ("[x] " if index in menu.marked else "[ ] ") if menu.question.multiple else ""
    pointer = ">" if index == menu.cursor else " "
    text = f"{pointer} {index + 1:2d} {mark}{visible(choice.label or choice.value)}"
    return Text(text, style="reverse" if index == menu.cursor else "")
