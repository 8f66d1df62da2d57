"""Versions of prompts, as Langfuse keeps them: each text stays as it was written, labels move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from pydantic import JsonValue

if TYPE_CHECKING:
    from muster.core.testing.langfuse_double.project import Project

LATEST = "latest"


@dataclass(frozen=True)
class PromptVersion:
    """One version. `prompt` is a text, or a list of messages."""

    name: str
    version: int
    type: str
    prompt: JsonValue
    config: JsonValue
    labels: tuple[str, ...]
    tags: tuple[str, ...]
    commit_message: str | None = field(default=None)

    def document(self) -> dict[str, JsonValue]:
        """The version as the API shows it."""
        return {
            "id": f"{self.name}-{self.version}",
            "name": self.name,
            "version": self.version,
            "type": self.type,
            "prompt": self.prompt,
            "config": self.config,
            "labels": list[JsonValue](self.labels),
            "tags": list[JsonValue](self.tags),
            "commitMessage": self.commit_message,
            "projectId": "project",
            "createdBy": "API",
            "isActive": None,
        }


def versions_of(project: Project, name: str) -> list[PromptVersion]:
    """All versions of one prompt, oldest first."""
    return sorted((one for one in project.prompts if one.name == name), key=lambda one: one.version)


def find_version(
    project: Project, name: str, *, label: str | None = None, version: int | None = None
) -> PromptVersion | None:
    """The version with this number, or with this label."""
    known = versions_of(project, name)
    return next((one for one in known if one.version == version or (label is not None and label in one.labels)), None)


def add_version(project: Project, asked: dict[str, JsonValue]) -> PromptVersion:
    """Store a new version; it takes its labels, and `latest`, from the ones before."""
    name, before = str(asked["name"]), versions_of(project, str(asked["name"]))
    labels = tuple(dict.fromkeys([*_texts(asked.get("labels")), LATEST]))
    tags = _texts(asked["tags"]) if asked.get("tags") is not None else before[-1].tags if before else ()
    made = PromptVersion(
        name=name,
        version=before[-1].version + 1 if before else 1,
        type=str(asked.get("type") or "text"),
        prompt=asked["prompt"],
        config=asked.get("config") or {},
        labels=labels,
        tags=tags,
        commit_message=cast("str | None", asked.get("commitMessage")),
    )
    _take_away(project, name, labels)
    project.prompts[:] = [replace(one, tags=tags) if one.name == name else one for one in project.prompts]
    project.prompts.append(made)
    return made


def add_labels(project: Project, found: PromptVersion, labels: tuple[str, ...]) -> PromptVersion:
    """Give a version more labels; the other versions lose them."""
    _take_away(project, found.name, labels)
    changed = replace(found, labels=tuple(dict.fromkeys([*labels, *found.labels])))
    project.prompts[:] = [
        changed if (one.name, one.version) == (found.name, found.version) else one for one in project.prompts
    ]
    return changed


def _take_away(project: Project, name: str, labels: tuple[str, ...]) -> None:
    project.prompts[:] = [
        replace(one, labels=tuple(label for label in one.labels if label not in labels)) if one.name == name else one
        for one in project.prompts
    ]


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
