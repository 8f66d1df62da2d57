"""The prefixes of Go routers: groups, sub-routers, closures of chi, and routers handed to functions of other files."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.extractors.code.routes import joined_path
from muster.nomad.domain.extractors.code.text import CodeText, arguments

_FUNCTION = re.compile(r"^func\s{1,9}(?:\([^)\n]{0,100}\)\s{0,9})?(\w{1,60})\(([^)]{0,400})\)", re.MULTILINE)
# No whole server (gin.Engine, echo.Echo, fiber.App): nothing stands before its routes.
_ROUTER_PARAMETER = re.compile(
    r"(\w{1,40})\s{1,9}\*?[\w.]{0,40}(?:RouterGroup|IRouter|IRoutes|echo\.Group|fiber\.Router|chi\.Router|chi\.Mux"
    r"|mux\.Router)\b"
)
_GROUP = re.compile(r"(?<!\w)(\w{1,40})\s{0,9}:?=\s{0,9}(\w{1,40})\.(?:Group|PathPrefix)\(\s{0,9}\"([^\"\n]{0,80})\"")
_CLOSURE = re.compile(r"\.(?:Route|Group)\(\s{0,9}\"([^\"\n]{0,80})\"\s{0,9},\s{0,9}func\([^)\n]{0,80}\)\s{0,9}\{")
_INLINE = re.compile(r"(\w{1,40})\.Group\(\s{0,9}\"([^\"\n]{0,80})\"\s{0,9}\)")
_MOUNT = re.compile(r"\.Mount\(\s{0,9}\"([^\"\n]{0,80})\"\s{0,9},\s{0,9}(?:[\w]{1,40}\.){0,3}(\w{1,60})\(")
_WORD = re.compile(r"\w{1,60}")
_BRACE = re.compile(r"[{}]|\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`|'(?:\\.|[^'\\\n])'")
_MOST = 4

Calls = Mapping[str, list[tuple["GoRouters", int, str]]]
"""A function -> the calls that hand it a router: file, offset and argument; offset -1: the argument is its prefix."""


@dataclass(frozen=True)
class GoRouters:
    """The routers of one file."""

    text: CodeText

    @cached_property
    def takes_routers(self) -> bool:
        """Whether some function has a parameter that is a router."""
        return self.text.has(_ROUTER_PARAMETER)

    @cached_property
    def functions(self) -> list[tuple[int, str, frozenset[str]]]:
        """Where each function starts, its name and its parameters that are routers."""
        return [
            (found.start(), found[1], frozenset(_ROUTER_PARAMETER.findall(found[2]) if self.takes_routers else ()))
            for found in self.text.find(_FUNCTION)
        ]

    @cached_property
    def _groups(self) -> Mapping[str, list[tuple[int, str, str]]]:
        groups: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for found in self.text.find(_GROUP):
            groups[found[1]].append((found.start(), found[2], found[3]))
        return groups

    @cached_property
    def _closures(self) -> list[tuple[int, int, str]]:
        """The extents of `r.Route("/api", func(r chi.Router) {...})`, outer before inner."""
        starts = {found.end() - 1: found[1] for found in self.text.find(_CLOSURE)}
        return (
            [(start, end, starts[start]) for start, end in _blocks(self.text.code) if start in starts] if starts else []
        )

    def function_at(self, offset: int) -> tuple[int, str, frozenset[str]]:
        """The function that an offset lies in."""
        index = bisect_right([start for start, _, _ in self.functions], offset) - 1
        return self.functions[index] if index >= 0 else (0, "", frozenset())

    def prefixes(self, router: str, offset: int, calls: Calls, depth: int = 0) -> list[str]:
        """The prefixes under which a router variable serves at an offset; `/` where nothing adds one."""
        if depth >= _MOST:
            return ["/"]
        inside = [prefix for start, end, prefix in self._closures if start < offset < end]
        if inside:
            return [joined_path(*inside)]
        start, name, routers = self.function_at(offset)
        defined = [group for group in self._groups.get(router, ()) if start <= group[0] < offset]
        if defined:
            at, parent, prefix = defined[-1]
            return [joined_path(above, prefix) for above in self.prefixes(parent, at, calls, depth + 1)]
        return _called(name, calls, depth, handed=router in routers) or ["/"]


def find_calls(routers: Iterable[GoRouters]) -> Calls:
    """The calls that hand a router to a function of the unit, and the mounts of routers that functions make."""
    files = tuple(routers)
    routed = (one for one in files if one.takes_routers)
    names = {name for one in routed for _, name, parameters in one.functions if parameters}
    calls: defaultdict[str, list[tuple[GoRouters, int, str]]] = defaultdict(list)
    expression = re.compile(rf"(?<!func )(?<!\w)({'|'.join(sorted(names))})\(") if names else None
    for one in files:
        for found in one.text.find(expression) if expression else ():
            calls[found[1]] += [(one, found.start(), one.text.code[slice(*span)].strip()) for span in _few(one, found)]
        for found in one.text.find(_MOUNT):
            calls[found[2]].append((one, -1, found[1]))
    return {name: found[:_MOST] for name, found in calls.items()}


def _few(one: GoRouters, found: "re.Match[str]") -> list[tuple[int, int]]:
    return arguments(one.text.code, found.end())[:_MOST]


def _called(function: str, calls: Calls, depth: int, *, handed: bool) -> list[str]:
    """The prefixes that a function's callers give its router."""
    found: list[str] = []
    for caller, offset, argument in calls.get(function, ()):
        inline = _INLINE.search(argument)
        if offset < 0:
            found.append(joined_path(argument))
        elif inline and handed:
            above = caller.prefixes(inline[1], offset, calls, depth + 1)
            found += [joined_path(prefix, inline[2]) for prefix in above]
        elif handed and _WORD.fullmatch(argument):
            found += caller.prefixes(argument, offset, calls, depth + 1)
    return [prefix for prefix in dict.fromkeys(found) if prefix != "/"][:_MOST]


def _blocks(code: str) -> Iterator[tuple[int, int]]:
    """Every block in braces by its first and last offset, outer before inner."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for brace in _BRACE.finditer(code):
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            found.append((opened.pop(), brace.start()))
    return iter(sorted(found))
