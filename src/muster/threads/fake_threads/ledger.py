"""The fake platform's memory: dictionaries, and a file of one line a change from which a restart reads them back.

A file of lines rather than a database: a change costs 30 microseconds, so the fake never is what a measurement
measures; a line is all of one change, so a kill -9 leaves a publication done or not done; and it can be read with
`tail -f`. It is not synced to the disk: it outlives its process, not its machine.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from muster.core.errors import SourceError
from muster.threads.fake_threads.records import AnyRecord, Code, Container, Dials, Media, Token, User

_CHANGE: TypeAdapter[tuple[AnyRecord, ...]] = TypeAdapter(tuple[AnyRecord, ...])
_MOST_BYTES = 1_000_000_000


class Ledger:
    """All records by id. Used from one thread (the event loop's), so that each change is whole."""

    def __init__(self, file: Path | None = None) -> None:
        """`file`: where it is kept; None: nowhere. Raises SourceError for a file that is no ledger."""
        self._file = file
        self._clear()
        if file is not None:
            self._read(file)
            self._write_anew(file)

    def put(self, *records: AnyRecord) -> None:
        """One change: all of these, or none."""
        if self._file is not None:
            with self._file.open("ab") as lines:
                lines.write(_CHANGE.dump_json(records) + b"\n")
        self._take(records)

    def reset(self) -> None:
        """Forget everything."""
        self._clear()
        if self._file is not None:
            self._write_anew(self._file)

    def new_id(self, prefix: str) -> str:
        """Seventeen digits that no other record has."""
        self._last += 1
        return f"{prefix}{self._last:015d}"

    def posts_of(self, user_id: str) -> list[Media]:
        """What a user published, oldest first, replies as well."""
        return [self.media[media_id] for media_id in self._by_user.get(user_id, ())]

    def latest_of(self, user_id: str) -> Iterator[Media]:
        """The same, newest first, as far as somebody reads."""
        return (self.media[media_id] for media_id in reversed(self._by_user.get(user_id, [])))

    def replies_to(self, media_id: str) -> list[Media]:
        """Direct replies, oldest first."""
        return [self.media[reply] for reply in self._replies.get(media_id, ())]

    def _clear(self) -> None:
        self.users: dict[str, User] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.containers: dict[str, Container] = {}
        self.media: dict[str, Media] = {}
        self.dials = Dials()
        self._by_user: dict[str, list[str]] = {}
        self._replies: dict[str, list[str]] = {}
        self._last = 0

    def _take(self, records: Iterable[AnyRecord]) -> None:
        for record in records:
            match record:
                case User():
                    self.users[record.id] = record
                case Code():
                    self.codes[record.id] = record
                case Token():
                    self.tokens[record.id] = record
                case Container():
                    self._count(record.id)
                    self.containers[record.id] = record
                case Media():
                    self._count(record.id)
                    self._take_media(record)
                case Dials():
                    self.dials = record

    def _take_media(self, media: Media) -> None:
        if media.id not in self.media:
            self._by_user.setdefault(media.user_id, []).append(media.id)
            if media.post.reply_to_id:
                self._replies.setdefault(media.post.reply_to_id, []).append(media.id)
        self.media[media.id] = media

    def _count(self, record_id: str) -> None:
        self._last = max(self._last, int(record_id[2:]))

    def _read(self, file: Path) -> None:
        if not file.exists():
            return
        if file.stat().st_size > _MOST_BYTES:
            raise SourceError(f"{file} is larger than {_MOST_BYTES} bytes", advice="Remove it.")
        *lines, _torn = file.read_bytes().split(b"\n")  # whoever was killed while it wrote had not answered yet
        for number, line in enumerate(lines, 1):
            try:
                self._take(_CHANGE.validate_json(line))
            except ValidationError as error:
                raise SourceError(
                    f"line {number} of {file} is none of the fake platform's: {error.errors()[0]['msg']}",
                    advice="Remove the file.",
                ) from error

    def _write_anew(self, file: Path) -> None:
        """What is left of all changes; without a torn last line."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_suffix(".new")
        with open(fresh, "wb", opener=_private) as lines:  # Path.open has no opener
            lines.writelines(_CHANGE.dump_json((record,)) + b"\n" for record in self._all())
        fresh.replace(file)

    def _all(self) -> Iterator[AnyRecord]:
        yield self.dials
        for kind in (self.users, self.codes, self.tokens, self.containers, self.media):
            yield from kind.values()


def _private(path: str, flags: int) -> int:
    """Tokens are in it."""
    return os.open(path, flags, 0o600)
