"""Settings: environment beats `.env` beats defaults, read once, all problems reported at once.

Each agent subclasses `MusterSettings`. A field's name in capitals is its variable; its description says what to do.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from muster.core.errors import SettingsError
from muster.core.llm.settings import ModelSettings
from muster.core.memory.settings import MemorySettings
from muster.core.observability.settings import LogSettings, MetricsSettings, TraceSettings
from muster.core.prompts.settings import PromptSettings
from muster.core.redaction import remember_secrets

SettingsT = TypeVar("SettingsT", bound="MusterSettings")


class HomeSettings(BaseSettings):
    """Where muster lives."""

    muster_home: Path = Field(
        default=Path("~/.muster"), description="Folder where runs are kept.", validate_default=True
    )

    @field_validator("muster_home")
    @classmethod
    def _without_tilde(cls, home: Path) -> Path:
        try:
            return home.expanduser().absolute()
        except RuntimeError as error:  # nobody's home
            raise ValueError("the home directory is not known; give an absolute path") from error


class MusterSettings(
    MemorySettings, PromptSettings, TraceSettings, ModelSettings, MetricsSettings, LogSettings, HomeSettings
):
    """What every command reads, the last part first. Secrets are SecretStr, and never a flag."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)


def load_settings(cls: type[SettingsT], env_file: Path | None = Path(".env")) -> SettingsT:
    """Read the settings, and teach the redactor their secrets.

    Raises SettingsError listing every missing or malformed variable.
    """
    try:
        settings = cls(_env_file=env_file)  # pyright: ignore[reportCallIssue]  # a pydantic-settings argument that subclasses don't show
    except ValidationError as error:
        problems = [_problem(cls, detail) for detail in error.errors(include_url=False, include_input=False)]
        raise SettingsError(
            "the settings are not usable:\n" + "\n".join(f"  {problem}" for problem in problems),
            advice="Set them in the environment, or in the file .env of the folder you work in.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {env_file} can't be read: {error}") from error
    remember_secrets(_secrets(settings))
    return settings


def variable_names(cls: type[MusterSettings]) -> tuple[str, ...]:
    """Every environment variable that the class reads, in order."""
    return tuple(name.upper() for name in cls.model_fields)


def _problem(cls: type[MusterSettings], detail: ErrorDetails) -> str:
    field = str(detail["loc"][0]) if detail["loc"] else ""
    if field not in cls.model_fields:
        return detail["msg"].removeprefix("Value error, ")
    said = "is not set" if detail["type"] == "missing" else f"is wrong: {detail['msg'].removeprefix('Value error, ')}"
    description = cls.model_fields[field].description
    return f"{field.upper()} {said}" + (f" ({description})" if description else "")


def _secrets(settings: MusterSettings) -> Iterable[str]:
    values: Iterable[Any] = (getattr(settings, name) for name in type(settings).model_fields)
    return (value.get_secret_value() for value in values if isinstance(value, SecretStr))
