"""What Ruby's package files say: gems that the application needs itself, the version of Ruby, a gem's name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from muster.nomad.domain.extractors.extractor import SourceFile

_GEM = re.compile(r"\s{0,80}gem[ (]\s{0,3}['\"]([\w.-]{1,100})['\"]([^#\n]{0,300})")
_GROUP = re.compile(r"\s{0,80}group[ (]([^#\n]{1,200})\bdo\b")
_BLOCK = re.compile(r"\bdo\s{0,9}(?:\|[^|\n]{0,80}\|\s{0,9})?$|^\s{0,80}(?:if|unless|case|begin)\b")
_END = re.compile(r"\s{0,80}end\b")
_DEVELOPMENT = re.compile(r"\b(?:development|test|doc|ci)\b")
_SERVED = re.compile(r"\b(?:default|production)\b")
_GROUP_OPTION = re.compile(r"\bgroups?:?\s{0,9}(?:=>)?\s{0,9}(\[[^\]]{1,100}\]|:\w{1,40})")
_RUBY = re.compile(r"\s{0,20}ruby[ (]\s{0,3}['\"][~>=<\s]{0,9}([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})")
_NUMBER = re.compile(r"\s{0,9}(?:ruby-)?([0-9]{1,3}(?:\.[0-9]{1,3}){1,2})")
_TOOL = re.compile(r"^ruby\s{1,9}([0-9]{1,3}(?:\.[0-9]{1,3}){1,2})", re.MULTILINE)
_LOCKED = re.compile(r"^RUBY VERSION\n\s{1,9}ruby ([0-9]{1,3}(?:\.[0-9]{1,3}){1,2})", re.MULTILINE)
_SPEC_NAME = re.compile(r"\.name\s{0,20}=\s{0,9}['\"]([\w.-]{1,100})['\"]")
_SPEC_GEM = re.compile(r"\.add_(?:runtime_)?dependency[ (]\s{0,3}['\"]([\w.-]{1,100})['\"]")
_SPEC_RUBY = re.compile(
    r"required_ruby_version\s{0,9}=[^'\"\n]{0,40}['\"][~>=<\s]{0,9}([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})"
)


@dataclass(frozen=True)
class RubyPackage:
    """A Gemfile or gemspec. `gems` are names with their lines, without those for development alone."""

    path: str
    name: str | None = None
    gems: tuple[tuple[str, int], ...] = ()
    ruby: str | None = None


def is_package_file(file: SourceFile) -> bool:
    """Whether a file makes its folder a unit."""
    return file.name in ("Gemfile", "gems.rb") or file.name.endswith(".gemspec")


def read_package(file: SourceFile) -> RubyPackage:
    """The gems that a Gemfile or a gemspec names."""
    if not file.name.endswith(".gemspec"):
        ruby = next((found[1] for line in file.lines if (found := _RUBY.match(line[:300]))), None)
        return RubyPackage(file.path, None, tuple(_gems(file)), ruby)
    text = file.text[:100_000]
    name, ruby = _SPEC_NAME.search(text), _SPEC_RUBY.search(text)
    gems = ((found[1], number) for number, line in _lines(file) if (found := _SPEC_GEM.search(line)))
    return RubyPackage(file.path, name[1] if name else None, tuple(gems), ruby[1] if ruby else None)


def ruby_version(files: Sequence[SourceFile], packages: Sequence[RubyPackage]) -> str | None:
    """The version by `.ruby-version` or `.tool-versions`, then a package file, then the lock file."""
    named = {file.name: file for file in files}
    own = named.get(".ruby-version")
    tools, lock = named.get(".tool-versions"), named.get("Gemfile.lock")
    said = (
        _NUMBER.match(own.text[:100]) if own else None,
        _TOOL.search(tools.text[:5000]) if tools else None,
        *(re.match("(.+)", package.ruby) for package in packages if package.ruby),
        _LOCKED.search(lock.text) if lock else None,
    )
    return next((found[1] for found in said if found), None)


def _gems(file: SourceFile) -> Iterator[tuple[str, int]]:
    blocks: list[bool] = []
    for number, line in _lines(file):
        if _END.match(line):
            del blocks[-1:]
        gem = _GEM.match(line)
        if gem and not any(blocks) and not _only_for_development(gem[2]):
            yield gem[1], number
        if _BLOCK.search(line) and len(blocks) < 100:
            group = _GROUP.match(line)
            blocks.append(group is not None and _is_development(group[1]))


def _only_for_development(options: str) -> bool:
    found = _GROUP_OPTION.search(options)
    return found is not None and _is_development(found[1])


def _is_development(groups: str) -> bool:
    return _DEVELOPMENT.search(groups) is not None and not _SERVED.search(groups)


def _lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    return ((number, line[:500].rstrip()) for number, line in enumerate(file.lines, start=1))
