from typing import get_args

from muster.nomad.domain.extractors.extractor import Extractor, SourceFile, problem
from muster.nomad.domain.extractors.registry import EXTRACTORS, run_extractors
from muster.nomad.domain.facts import ProblemFact
from muster.nomad.domain.merge.ranked import origin_of
from muster.nomad.domain.profile import Origin


def test_extractors_stand_in_the_order_in_which_they_are_trusted() -> None:
    ranks = [get_args(Origin).index(origin_of(one.name)) for one in EXTRACTORS]
    assert ranks == sorted(ranks)
    assert len({one.name for one in EXTRACTORS}) == len(EXTRACTORS)


def test_every_extractor_says_what_it_looks_for() -> None:
    assert all(one.looks_for and "\n" not in one.looks_for for one in EXTRACTORS)


def test_evidence_comes_in_the_order_of_priority() -> None:
    files = {
        path: SourceFile(path, text)
        for path, text in {
            "Dockerfile": "FROM a\nEXPOSE 1",
            "compose.yaml": "services: {web: {image: x}}",
            ".env.example": "A=1",
        }.items()
    }
    assert list(dict.fromkeys(one.source for one in run_extractors(files))) == ["compose", "dockerfile", "env example"]


def test_an_extractor_gets_only_the_files_it_asked_for() -> None:
    extractor = Extractor(
        name="x",
        looks_for="x",
        globs=("*.x", "bin/www", "*/bin/www"),
        extract=lambda files: tuple(problem("x", path, "seen") for path in files),
    )
    files = {path: SourceFile(path, "") for path in ("b.x", "a.x", "a.y", "bin/www", "a/bin/www", "www")}
    assert [one.where for one in run_extractors(files, (extractor,))] == ["a.x", "a/bin/www", "b.x", "bin/www"]


def test_a_problem_is_about_the_folder_of_its_file() -> None:
    told = problem("x", "a/b/Dockerfile", "broken", line=3)
    assert (told.unit, told.where, told.fact) == ("folder:a/b", "a/b/Dockerfile:3", ProblemFact(problem="broken"))
    assert problem("x", "Dockerfile", "broken").unit == "folder:."


def test_a_file_knows_its_lines_and_folder() -> None:
    file = SourceFile("a/b.py", "x\r\ny\n")
    assert file.lines == ("x", "y", "")
    assert (file.name, file.folder, file.at(2)) == ("b.py", "a", "a/b.py:2")


def test_nothing_is_said_about_nothing() -> None:
    assert run_extractors({}) == ()
