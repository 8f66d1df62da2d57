"""What a tokenizer's files say."""

from muster.aegis.domain.values import Part


class SpecialToken(Part):
    """A token by its text; `id` is None where the vocabulary lacks it."""

    text: str
    id: int | None = None


class TokenizerFacts(Part):
    """`size` counts every id that can come out, added tokens too: the highest id and one."""

    size: int
    pad: SpecialToken | None = None
    eos: SpecialToken | None = None
    bos: SpecialToken | None = None
    unk: SpecialToken | None = None
    chat_template: str | None = None
    template_file: str = ""
    """Where the template stands."""

    @property
    def special(self) -> dict[str, str]:
        """The texts that a chat template sees, by the names that it sees them under."""
        named = {"bos_token": self.bos, "eos_token": self.eos, "pad_token": self.pad, "unk_token": self.unk}
        return {name: token.text for name, token in named.items() if token}
