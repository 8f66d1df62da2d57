"""Personas are YAML files: who speaks, how, about what, when, and what never."""

from collections.abc import Mapping
from datetime import time
from importlib.resources import files
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from muster.core.errors import SettingsError
from muster.threads.common.contracts import PersonaId

_MOST_BYTES = 100_000


class PersonaPart(BaseModel):
    """Frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Voice(PersonaPart):
    """How it sounds: told to a model, and played by the offline writer."""

    tone: Literal["kind", "hype", "dry", "expert"]
    emoji: str = Field(default="", max_length=16)
    openers: tuple[str, ...] = Field(min_length=3, max_length=50)
    """Beginnings of a hook; `{topic}` is put in, and of `{a|b}` one is taken. So it is in all three."""
    thoughts: tuple[str, ...] = Field(min_length=6, max_length=200)
    """Sentences of a body."""
    closers: tuple[str, ...] = Field(min_length=3, max_length=50)
    instructions: str = Field(max_length=4000)
    """For a model: who it is and how it writes."""


class QuietHours(PersonaPart):
    """From one time of day to another, over midnight too; nothing is published in between."""

    start: time
    end: time


class Schedule(PersonaPart):
    """When it posts, in its own time zone."""

    timezone: str = "UTC"
    slots: tuple[time, ...] = Field(default=(), max_length=48)
    """For tasks that take the next slot."""
    quiet_hours: QuietHours | None = None

    @field_validator("timezone")
    @classmethod
    def _is_a_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {name}") from error
        return name


class PersonaLimits(PersonaPart):
    """What it may not exceed; the platform's own limits hold beside them."""

    posts_per_day: int = Field(default=24, ge=1, le=250)
    usd_per_day: float = Field(default=1.0, ge=0, le=10_000)


class Persona(PersonaPart):
    """One persona. Its id is its file's name."""

    id: PersonaId
    name: str = Field(min_length=1, max_length=100)
    voice: Voice
    topics: tuple[str, ...] = Field(min_length=1, max_length=100)
    """What it talks about."""
    avoid: tuple[str, ...] = Field(default=(), max_length=100)
    """Told to a model."""
    banned_words: tuple[str, ...] = Field(default=(), max_length=1000)
    """The guardrail blocks a post with one of them."""
    hook_model: str = ""
    """Instead of HOOK_MODEL."""
    body_model: str = ""
    """Instead of LORA_PATH and BODY_MODEL."""
    lora: str = ""
    """An adapter of the vLLM server, instead of any body model."""
    needs_approval: bool = False
    limits: PersonaLimits = PersonaLimits()
    schedule: Schedule = Schedule()


def load_personas(own: Path | None = None) -> Mapping[str, Persona]:
    """The shipped personas and those of a folder, by id; a file of the same name wins.

    Raises SettingsError naming the file, and each of its mistakes.
    """
    shipped = [file for file in files("muster.threads.common").joinpath("personas").iterdir() if _is_yaml(file.name)]
    found = {persona.id: persona for persona in (_read(file.name, file.read_bytes()) for file in shipped)}
    if own is not None:
        if not own.is_dir():
            raise SettingsError(f"THREADS_PERSONAS is no folder: {own}", advice="Name a folder of NAME.yaml files.")
        for file in sorted(path for path in own.iterdir() if _is_yaml(path.name)):
            persona = _read(str(file), file.read_bytes()[: _MOST_BYTES + 1])
            found[persona.id] = persona
    return dict(sorted(found.items()))


def _is_yaml(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _read(where: str, raw: bytes) -> Persona:
    if len(raw) > _MOST_BYTES:
        raise SettingsError(f"{where} is larger than {_MOST_BYTES} bytes", advice="A persona is a page of text.")
    try:
        document = yaml.safe_load(raw.decode())
        if not isinstance(document, dict):
            raise SettingsError(f"{where} holds no persona", advice="See docs/threads.md for one.")
        return Persona.model_validate({**document, "id": Path(where).stem})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{where} is no YAML: {error}", advice="See docs/threads.md for one.") from error
    except ValidationError as error:
        said = "\n".join(f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{where} is no persona:\n{said}", advice="See docs/threads.md for one.") from error
