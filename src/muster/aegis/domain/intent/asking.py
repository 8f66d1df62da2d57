"""What a call gives: words, a file with a spec, or both."""

from collections.abc import Sequence

from muster.core.errors import UsageError

ENDINGS = (".yaml", ".yml")


def read_asked(asked: Sequence[str]) -> tuple[str, str]:
    """The words and the spec's file, either may be empty. Raises UsageError for nothing, and for two files."""
    files = [one for one in asked if one.lower().endswith(ENDINGS) and " " not in one.strip()]
    words = " ".join(one for one in asked if one not in files).strip()
    if len(files) > 1:
        raise UsageError(f"several specs: {', '.join(files)}", advice="Give one of them.")
    if not (files or words):
        raise UsageError("nothing is asked for", advice='Say it: aegis run "LoRA fine-tune MODEL on FILE under $2"')
    return words, files[0] if files else ""
