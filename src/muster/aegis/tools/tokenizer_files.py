"""A model's tokenizer, through the `tokenizers` package: no torch, no transformers, nothing of the folder is run."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from muster.aegis.domain.data.masking import Encoded
from muster.aegis.domain.preflight.tokenizer_facts import SpecialToken, TokenizerFacts
from muster.core.extras import require

if TYPE_CHECKING:
    from tokenizers import Tokenizer as RustTokenizer

_OTHERS = ("tokenizer.model", "spiece.model", "vocab.json", "vocab.txt")


@dataclass(frozen=True)
class LoadedTokenizer:
    """Satisfies the domain's Tokenizer."""

    rust: "RustTokenizer"
    facts: TokenizerFacts

    def encode(self, text: str, *, special: bool) -> Encoded:
        """The tokens, with the characters that each stands for."""
        encoding = self.rust.encode(text, add_special_tokens=special)
        return Encoded(encoding.ids, encoding.offsets)


def read_tokenizer(folder: Path) -> LoadedTokenizer | str:
    """The tokenizer, or why there is none, a clause. Raises MissingExtraError without the extra `aegis`."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        other = next((name for name in _OTHERS if (folder / name).is_file()), None)
        return f"is there as {other} alone: tokenizer.json is missing" if other else "is missing: no tokenizer.json"
    require("aegis", "tokenizers")
    from tokenizers import Tokenizer as RustTokenizer

    try:
        document = path.read_bytes().decode()
        with _told_as_value_error():
            rust = RustTokenizer.from_str(document)
        rust.no_truncation()
        rust.no_padding()
        return LoadedTokenizer(rust, _facts(folder, rust))
    except (OSError, ValueError, RecursionError) as problem:
        return f"can't be read: {str(problem)[:120]}"


@contextmanager
def _told_as_value_error() -> Generator[None]:
    """The package raises a bare Exception for a file that it can't read."""
    try:
        yield
    except Exception as problem:
        raise ValueError(str(problem)) from problem


def _facts(folder: Path, rust: "RustTokenizer") -> TokenizerFacts:
    config = _table(folder / "tokenizer_config.json")
    named = _table(folder / "special_tokens_map.json") | config
    template, file = _template(folder, config)
    return TokenizerFacts(
        size=max(rust.get_vocab(with_added_tokens=True).values(), default=-1) + 1,
        pad=_special(named.get("pad_token"), rust),
        eos=_special(named.get("eos_token"), rust),
        bos=_special(named.get("bos_token"), rust),
        unk=_special(named.get("unk_token"), rust),
        chat_template=template,
        template_file=file,
    )


def _table(path: Path) -> dict[str, JsonValue]:
    """A JSON table; {} where there is no such file. Raises ValueError for one that is none."""
    if not path.is_file():
        return {}
    value: JsonValue = json.loads(path.read_bytes())
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is no table")
    return value


def _special(value: JsonValue, rust: "RustTokenizer") -> SpecialToken | None:
    """A token is written as its text, or as a table with `content`."""
    text = value.get("content") if isinstance(value, dict) else value
    return SpecialToken(text=text, id=rust.token_to_id(text)) if isinstance(text, str) and text else None


def _template(folder: Path, config: dict[str, JsonValue]) -> tuple[str | None, str]:
    """chat_template.jinja wins, as in transformers; a list of templates has one that is called default."""
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_bytes().decode(), str(path)
    value = config.get("chat_template")
    if isinstance(value, list):
        named = (one for one in value if isinstance(one, dict) and one.get("name") == "default")
        value = next(named, dict[str, JsonValue]()).get("template")
    return (value if isinstance(value, str) else None), str(folder / "tokenizer_config.json")
