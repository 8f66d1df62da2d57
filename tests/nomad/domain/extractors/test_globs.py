from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.extractor import Extractor, Extractors
from muster.nomad.domain.extractors.globs import Globs
from muster.nomad.domain.extractors.registry import EXTRACTORS

LISTS = (
    ("Dockerfile", "Dockerfile?*", "*.[Dd]ockerfile"),
    ("*.py", "*requirements*.txt", "requirements/*.txt", "*/requirements/*.txt"),
    ("Dockerfile", "*.x", ".env.*.example", "bin/www"),
)


@pytest.mark.parametrize(
    ("path", "asking"),
    [
        ("Dockerfile", (0, 2)),
        ("a/b/Dockerfile", (0, 2)),
        ("a/Dockerfile.dev", (0,)),
        ("a/api.dockerfile", (0,)),
        ("dockerfile", ()),
        ("a/b.py", (1,)),
        (".py", (1,)),
        ("requirements/base.txt", (1,)),
        ("a/requirements/base.txt", (1,)),
        ("b/dev-requirements-2.txt", (1,)),
        ("bin/www", (2,)),
        ("a/bin/www", ()),
        ("a.x", (2,)),
        ("a.x/b", ()),
        ("a/.env.local.example", (2,)),
        ("new\nline.py", (1,)),
        ("", ()),
    ],
)
def test_the_lists_that_ask_for_a_file_are_found(path: str, asking: tuple[int, ...]) -> None:
    assert Globs(LISTS).asking(path) == asking


@given(st.text("aDockerfile.py/xtsen*?[]\n", max_size=20))
def test_one_look_up_says_what_matching_glob_by_glob_says(path: str) -> None:
    name = path.rpartition("/")[2]
    each = [any(fnmatchcase(path if "/" in glob else name, glob) for glob in globs) for globs in LISTS]
    assert Globs(LISTS).asking(path) == tuple(number for number, asks in enumerate(each) if asks)


def test_extractors_are_asked_together_as_each_alone() -> None:
    together = Extractors(EXTRACTORS)
    for path in ("compose.yaml", "web/Dockerfile", "app.py", "src/index.ts", "main.go", "go.mod", ".env", "readme.md"):
        assert together.wanting(path) == [one for one in EXTRACTORS if one.wants(path)]


def test_without_globs_nothing_is_asked_for() -> None:
    nobody = Extractor(name="nobody", looks_for="nothing", globs=(), extract=lambda files: ())
    assert not nobody.wants("a")
    assert Extractors(()).wanting("a") == []
