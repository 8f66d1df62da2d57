"""The shell lines of CI files, and the variables that they set, whatever the system is called."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.compose_yaml import ListNode, MapNode, Node, ScalarNode
from muster.nomad.domain.extractors.docker_cli.commands import Line
from muster.nomad.domain.extractors.extractor import SourceFile

_SCRIPT_KEYS = frozenset({"run", "script", "before_script", "after_script", "command", "commands", "bash", "steps"})
_VARIABLE_KEYS = frozenset({"env", "environment", "variables"})
_JENKINS = re.compile(
    r"""\b(?:sh|bat)\s*\(?\s*(?:script:\s*)?(?:'{3}(.{0,8000}?)'{3}|"{3}(.{0,8000}?)"{3}|'([^'\n]*)'|"([^"\n]*)")""",
    re.DOTALL,
)
_EXPRESSION = re.compile(r"\$\{\{\s*([^{}]{0,200}?)\s*\}\}")


def script_lines(root: Node) -> Iterator[Line]:
    """Every text under a key that holds shell lines. A line knows the key of the job that it belongs to."""
    for part, key, node in _walk(root):
        if key in _SCRIPT_KEYS and isinstance(node, ScalarNode):
            yield from split_lines(node.text, node.at, part)


def variables_of(root: Node) -> dict[str, str]:
    """Variables that are set anywhere in the file, by name; of several values the first."""
    found: dict[str, str] = {}
    for _, key, node in _walk(root):
        if key in _VARIABLE_KEYS and isinstance(node, MapNode):
            for name, value in node.items.items():
                if isinstance(value, ScalarNode) and not value.is_null:
                    found.setdefault(name, as_shell(value.text))
    return found


def jenkins_lines(file: SourceFile) -> Iterator[Line]:
    """The lines of a Jenkinsfile's `sh` steps."""
    for found in _JENKINS.finditer(file.text):
        text = next((group for group in found.groups() if group), "")
        yield from split_lines(text, file.at(file.text.count("\n", 0, found.start()) + 1))


def split_lines(text: str, where: str, part: str = "") -> Iterator[Line]:
    """The lines of a script, continued ones joined."""
    for line in re.sub(r"\\\n\s*", " ", as_shell(text)).splitlines():
        yield Line(line.strip(), where, part)


def as_shell(text: str) -> str:
    """`${{ env.X }}` is `${X}`; what else an expression says is not known here."""
    return _EXPRESSION.sub(_variable, text)


def _variable(found: re.Match[str]) -> str:
    name = found[1].removeprefix("env.").removeprefix("vars.")
    return f"${{{name}}}" if name.isidentifier() else "${_}"


def _walk(root: Node) -> Iterator[tuple[str, str, Node]]:
    """Every value, in the file's order, with its key and the one above; what an alias repeats comes once."""
    left, seen = [("", "", root)], set[int]()
    while left:
        part, key, node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield part, key, node
        if isinstance(node, MapNode):
            left += reversed([(key or part, name, inner) for name, inner in node.items.items()])
        elif isinstance(node, ListNode):
            left += reversed([(part, key, inner) for inner in node.items])
