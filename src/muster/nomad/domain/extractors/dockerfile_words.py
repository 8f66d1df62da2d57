"""Words of a Dockerfile: quotes taken off, escapes undone, variables replaced, as BuildKit's shell lexer does."""

from muster.nomad.domain.extractors.substitution import MAX_TEXT, Expanded, Lookup, joined, variable_at


def expand_word(word: str, lookup: Lookup, escape: str = "\\") -> Expanded:
    """The word as Docker sees it. Within single quotes a dollar is a dollar."""
    pieces: list[Expanded] = []
    index, quote, length = 0, "", 0
    while index < len(word) and length <= MAX_TEXT:
        letter, start = word[index], index
        if letter in "'\"" and quote in ("", letter):
            quote = "" if quote else letter
            index += 1
        elif letter == escape and quote != "'" and index + 1 < len(word):
            pieces.append(Expanded(_unescaped(word[index + 1], quote, escape)))
            index += 2
        elif letter == "$" and quote != "'":
            piece, index = variable_at(word, index, lookup)
            pieces.append(piece)
        else:
            index = _plain_until(word, index, quote, escape)
            pieces.append(Expanded(word[start:index]))
        length += len(pieces[-1].text) if pieces else 0
    return joined(pieces)


def _plain_until(word: str, start: int, quote: str, escape: str) -> int:
    """Where the run of ordinary characters that begins at `start` ends."""
    index = start + 1
    special = {"'"} if quote == "'" else {quote or "'", '"', "$", escape}
    while index < len(word) and word[index] not in special:
        index += 1
    return index


def _unescaped(letter: str, quote: str, escape: str) -> str:
    """Within double quotes only quotes, dollars and the escape itself can be escaped."""
    return letter if not quote or letter in ('"', "$", escape) else escape + letter
