"""Which version of a prompt is used."""

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from muster.core.prompts.assigning import Share, is_label, parse_share


class PromptSettings(BaseSettings):
    """A part of every command's settings. Prompts come from Langfuse where LANGFUSE_ENABLED says so."""

    langfuse_prompt_label: str = Field(default="production", description="The label of the prompts that are used.")
    langfuse_prompt_ab: str | None = Field(
        default=None, description="LABEL:SHARE, such as candidate:0.2: that share of runs uses that label."
    )
    ci: str | None = Field(default=None, description="Set by CI systems: prompts are then read from files only.")

    @property
    def prompt_share(self) -> Share | None:
        """The label that a share of runs uses, where there is one."""
        return parse_share(self.langfuse_prompt_ab) if self.langfuse_prompt_ab else None

    @property
    def prompts_from_files(self) -> bool:
        """Whether Langfuse is not asked, whatever LANGFUSE_ENABLED says."""
        return (self.ci or "").strip().lower() not in ("", "0", "false", "no")

    @field_validator("langfuse_prompt_label")
    @classmethod
    def _is_a_label(cls, label: str) -> str:
        if not is_label(label):
            raise ValueError("a label has small letters, digits, and - _ . after the first")
        return label

    @field_validator("langfuse_prompt_ab")
    @classmethod
    def _is_a_share(cls, text: str | None) -> str | None:
        if text:
            parse_share(text)
        return text
