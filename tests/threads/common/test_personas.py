from pathlib import Path

import pytest

from muster.core.errors import SettingsError
from muster.threads.common.personas import load_personas

PERSONA = """
name: Ada
topics: [engines]
voice:
  tone: expert
  instructions: You are Ada.
  openers: [a, b, c]
  thoughts: [a, b, c, d, e, f]
  closers: [a, b, c]
"""


def test_two_personas_are_shipped() -> None:
    found = load_personas()
    assert {name: (one.voice.tone, one.voice.emoji) for name, one in found.items()} == {
        "ai-elon": ("hype", "🚀"),
        "ai-jesus": ("kind", "🙏"),
    }


def test_a_file_of_a_folder_is_one_more(tmp_path: Path) -> None:
    (tmp_path / "ada.yaml").write_text(PERSONA)
    assert load_personas(tmp_path)["ada"].name == "Ada"


def test_a_file_of_the_same_name_wins(tmp_path: Path) -> None:
    (tmp_path / "ai-elon.yaml").write_text(PERSONA)
    assert load_personas(tmp_path)["ai-elon"].name == "Ada"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PERSONA + "colour: red\n", "colour: Extra inputs are not permitted"),
        (PERSONA + "schedule: {timezone: Mars/Base}\n", "there is no time zone Mars/Base"),
        ("- a list\n", "holds no persona"),
        ("{", "is no YAML"),
        (PERSONA.replace("tone: expert", "tone: loud"), "voice.tone"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "ada.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"ada\.yaml") as raised:
        load_personas(tmp_path)
    assert said in str(raised.value)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "ada.yaml").write_text("a" * 200_000)
    with pytest.raises(SettingsError, match="larger than"):
        load_personas(tmp_path)


def test_a_name_that_is_no_id_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Ada Lovelace.yaml").write_text(PERSONA)
    with pytest.raises(SettingsError, match="id"):
        load_personas(tmp_path)
