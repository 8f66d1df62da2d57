"""Which unit a file of code belongs to, and how much it counts there.

Tests, documentation, migrations, vendored and built code say nothing about what the application needs and are left
out. Examples, scripts and tools count half, and have no say about ports, routes and start. Folders are judged from the
unit down: `examples/shop/` with a package file of its own is an application like any other.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from posixpath import dirname

_SKIPPED_WORDS = (
    "test tests testing testdata test_data __tests__ __mocks__ spec specs fixtures e2e cypress docs doc documentation "
    "migrations alembic seeds node_modules bower_components vendor third_party site-packages .venv venv .tox .git dist "
    "build out .next .nuxt .output coverage __pycache__ storybook .storybook mocks stubs typings"
)
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_HALF_WORDS = (
    "examples example samples sample demo demos scripts script tools hack extra extras contrib ci benchmarks benchmark "
    "bench benches"
)
_HALF = frozenset(_HALF_WORDS.split())
_TEST_FILE = re.compile(
    r"^(?:test_.*|.*_tests?|tests|conftest)\.py$|(?:_test|^magefile)\.go$|\.(?:spec|test|stories|e2e-spec|cy|min|bundle)\.[cm]?[jt]sx?$"
    r"|\.d\.[cm]?ts$|(?:^tests?|_tests?|^test_\w*|^build)\.rs$|_(?:spec|test)\.rb$|_test\.exs?$"
)
# By their capitals, so that Audit.java and Latest.cs are none.
_TEST_CLASS = re.compile(r"(?:Tests?|TestCase|IT|Spec)\.(?:java|kt|cs|php)$")
# .NET's projects of tests, such as Shop.UnitTests.
_TEST_FOLDER = re.compile(r".{1,80}[._](?:\w{0,20}tests?|specs)|test-?(?:utils|helpers|support)|tests?_\w{1,20}")
# Below these stand packages, whose names (com.example.demo) say nothing about what the code is for.
_PACKAGES = re.compile(r"(?:(?<=/)|^)src/main/(?:java|kotlin)/")
# Configurations of bundlers, linters and test runners: their servers are for development.
_TOOL_FILE = re.compile(
    r"(?:vite|vitest|webpack|rollup|jest|cypress|playwright|karma|next|nuxt|babel|eslint|prettier|tailwind|postcss|svelte"
    r"|astro|tsup|wdio)[\w.-]*\.conf(?:ig)?\.[\w.]*[jt]s|(?:gulp|grunt)file\.[cm]?[jt]s|(?:nox|fab)file\.py"
)
_HALF_WEIGHT = 0.5


def code_unit(path: str, package_folders: Collection[str]) -> str:
    """The unit of the nearest folder above a file that holds a package file; the root's when none does."""
    folder = package_folder(path)
    while folder and folder not in package_folders:
        folder = dirname(folder)
    return f"folder:{folder or '.'}"


@lru_cache(maxsize=20_000)
def code_weight(path: str, unit: str) -> float:
    """How much a file counts for its unit: 1, or 0.5 for examples and scripts, or 0 to leave it out."""
    *folders, name = path.lower().split("/")
    if "src/main/" in path:
        folders = _PACKAGES.split(path.lower(), maxsplit=1)[0].split("/")
    if _SKIPPED & set(folders) or _TEST_FILE.search(name) or _TEST_CLASS.search(path):
        return 0.0
    if any(_TEST_FOLDER.fullmatch(folder) for folder in folders):
        return 0.0
    own = folders[0 if unit == "folder:." else unit.count("/") + 1 :]
    return _HALF_WEIGHT if _HALF & set(own) or _TOOL_FILE.fullmatch(name) else 1.0


def package_folder(path: str) -> str:
    """The folder that a package file speaks of, "" for the root; `requirements/base.txt` speaks of the folder above."""
    folder = dirname(path)
    return dirname(folder) if folder.rpartition("/")[2] == "requirements" else folder


def unit_folders(folders: Collection[str], wholes: Collection[str], programs: Collection[str]) -> set[str]:
    """The folders that make units: those of packages, without the parts of a whole (a workspace, a solution).

    Of a whole with several programs each program is a unit; the whole is then one of `frames`.
    """
    apart = {one for whole in frames(wholes, programs) for one in _inside(programs, whole)}
    return {folder for folder in folders if not any(_is_below(folder, whole) for whole in wholes)} | apart


def frames(wholes: Collection[str], programs: Collection[str]) -> set[str]:
    """The wholes that only hold several programs together: as such they are no application."""
    return {whole for whole in wholes if len(_inside(programs, whole)) > 1 and whole not in programs}


def _inside(folders: Collection[str], whole: str) -> list[str]:
    return [folder for folder in folders if folder == whole or _is_below(folder, whole)]


def _is_below(folder: str, above: str) -> bool:
    return folder != above and (not above or folder.startswith(f"{above}/"))


def within(path: str, folder: str) -> str:
    """A path as seen from a folder above it ("" for the root)."""
    return path.removeprefix(f"{folder}/") if folder else path


def is_main_code(path: str, unit: str) -> bool:
    """Whether a file is code of the application itself, whose ports and routes are the unit's."""
    return code_weight(path, unit) == 1.0
