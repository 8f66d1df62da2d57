"""Prompts for tests, and folders that hold them."""

import json
from pathlib import Path
from typing import Any

from muster.core.prompts.files import PromptFolder
from muster.core.prompts.stored import StoredPrompt, read_stored


def text_prompt(name: str, text: str, **more: Any) -> StoredPrompt:
    return read_stored({"name": name, "type": "text", "prompt": text, "version": 1, **more}, name)


def chat_prompt(name: str, *said: tuple[str, str], **more: Any) -> StoredPrompt:
    messages = [{"role": role, "content": content} for role, content in said]
    return read_stored({"name": name, "type": "chat", "prompt": messages, "version": 1, **more}, name)


def folder_of(path: Path, *prompts: StoredPrompt) -> PromptFolder:
    path.mkdir(parents=True, exist_ok=True)
    folder = PromptFolder(path)
    for prompt in prompts:
        folder.write(prompt)
    return folder


def raw_file(path: Path, document: object) -> PromptFolder:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return PromptFolder(path.parent)


def include(name: str, selector: str = "label=production") -> str:
    return f"@@@langfusePrompt:name={name}|{selector}@@@"
