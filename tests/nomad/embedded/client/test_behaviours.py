from pathlib import Path

import pytest

from muster.core.errors import UsageError
from muster.nomad.embedded.client.behaviours import DEFAULT_IMAGES, behaviour_records, read_behaviours


def test_the_first_pattern_that_matches_wins() -> None:
    known = read_behaviours([{"image": "app:1", "memory_mb": 1}, {"image": "app:*", "memory_mb": 2}])
    assert [known.of(image, "", "main").memory_mb for image in ("app:1", "app:2", "other")] == [1, 2, 64]


def test_a_path_that_no_pattern_names_is_not_found() -> None:
    behaviour = read_behaviours([{"image": "a", "http": {"/health": 204}}]).of("a", "", "main")
    assert [behaviour.http_status(path) for path in ("/health?deep=1", "/")] == [204, 404]


def test_an_image_that_nobody_described_answers_everywhere() -> None:
    assert read_behaviours([]).of("any", "", "main").http_status("/x") == 200


def test_the_packaged_file_is_sound() -> None:
    assert read_behaviours(behaviour_records(DEFAULT_IMAGES)).of("", "/bin/false", "main").exit_code == 1


@pytest.mark.parametrize(
    "text",
    [
        "images:\n  - {image: a, memory_mb: 1, memory_mb: 2}\n",
        "images: [{image: a, bogus: 1}]",
        "images: 3",
        "images: [",
        "other: []",
        "images: [3]",
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_advice(text: str, tmp_path: Path) -> None:
    path = tmp_path / "images.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match="all keys"):
        behaviour_records(path)
