"""What `nomad-spec memory` does: add, list, search, forget, export, import."""

import json
from collections.abc import Sequence
from pathlib import Path

from muster.core.clock import SystemClock
from muster.core.console import make_console, visible
from muster.core.errors import SourceError, UsageError, WorkFailedError
from muster.core.memory.opening import open_memory
from muster.core.memory.ports import Memory
from muster.core.memory.records import Memo, Recalled
from muster.core.observability.logs import set_up_logs
from muster.core.redaction import redact
from muster.nomad.agent import load
from muster.nomad.domain.remembering.preferences import read_preferences
from muster.nomad.memo_lines import memo_lines, read_memo_lines, says_the_same
from muster.nomad.memos import ANSWER, FAILURE, MOST_TEXT, PREFERENCE, lesson_of, preference_memo, scope_of_failures
from muster.nomad.settings import NomadSettings, chosen_cluster
from muster.nomad.tools.text_file import Unreadable, read_text
from muster.nomad.wiring import cluster_name, settings_of

_MOST_BYTES = 50_000_000


def add_preference(text: str, *, embedded: bool, cluster_id: str | None) -> None:
    """Store a preference once. Raises UsageError for what says nothing, or what looks like a secret."""
    if not text.strip() or len(text) > MOST_TEXT:
        raise UsageError(f"a preference has 1 to {MOST_TEXT} characters", advice="Say it in a sentence.")
    if redact(text) != text:
        raise UsageError("that looks like a secret, and memories are stored", advice="Name its place instead.")
    settings, cluster = _cluster(embedded=embedded, cluster_id=cluster_id)
    memory, memo = open_memory(settings, settings.muster_home), preference_memo(text, cluster, SystemClock().now())
    if any(one.text == memo.text for one in memory.all(kind=PREFERENCE, scope=cluster)):
        _say(f"already remembered for {cluster}: {memo.text}")
        return
    kept = memory.remember(memo)
    unclear = bool(read_preferences([memo.text]).unclear)
    _say(f"remembered for {cluster}: {kept.text}  [{kept.id}]")
    if unclear:
        _say("no rule understands it: runs show it, and a model is told of it, but it changes no job by itself")


def list_memos(*, embedded: bool, cluster_id: str | None, as_json: bool) -> None:
    """Print the memos, the oldest first."""
    settings, cluster = _cluster(embedded=embedded, cluster_id=cluster_id)
    memos = open_memory(settings, settings.muster_home).all()
    if embedded or cluster_id:
        memos = tuple(memo for memo in memos if cluster in (memo.scope, memo.data.get("cluster")))
    _show([Recalled(memo=memo, score=1.0) for memo in memos], as_json=as_json, scored=False)


def search_memos(text: str, *, embedded: bool, cluster_id: str | None, as_json: bool) -> None:
    """Print the memos of a cluster that are nearest in meaning."""
    settings, cluster = _cluster(embedded=embedded, cluster_id=cluster_id)
    memory = open_memory(settings, settings.muster_home)
    found = [
        one
        for kind, scope in ((PREFERENCE, cluster), (ANSWER, cluster), (FAILURE, scope_of_failures(cluster)))
        for one in memory.recall(text, kind=kind, scope=scope)
    ]
    _show(sorted(found, key=lambda one: -one.score), as_json=as_json, scored=True)


def forget_memo(memo_id: str) -> None:
    """Remove a memo. Raises WorkFailedError where there is none of that id."""
    if not _opened().forget(memo_id):
        raise WorkFailedError(f"nothing is remembered as {memo_id}", advice="`nomad-spec memory list` shows the ids.")
    _say(f"forgotten: {memo_id}")


def export_memos(file: Path) -> None:
    """Write all memos as JSON lines. Raises UsageError where the file can't be written."""
    memos = _opened().all()
    try:
        file.write_text(memo_lines(memos), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}") from error
    _say(f"wrote {len(memos)} memories to {file}")


def import_memos(file: Path) -> None:
    """Store the memos of a file that are not there yet. Raises SourceError naming every line that is none; then
    nothing is stored."""
    text = read_text(file, _MOST_BYTES)
    if isinstance(text, Unreadable):
        raise SourceError(f"{file}: {text.why}", advice="Give a file that `nomad-spec memory export` wrote.")
    given, memory = read_memo_lines(text, str(file)), _opened()
    there, stored = list(memory.all()), 0
    for memo in given:
        if not any(says_the_same(memo, one) for one in there):
            there.append(memory.remember(memo))
            stored += 1
    _say(f"remembered {stored} of {len(given)}; the others were there already")


def _cluster(*, embedded: bool, cluster_id: str | None) -> tuple[NomadSettings, str]:
    """The settings, and what memory calls the cluster that is meant."""
    options = chosen_cluster(embedded=embedded, cluster_id=cluster_id)
    settings = settings_of(load(), cluster_id)
    set_up_logs(settings)
    return settings, cluster_name(settings, options)


def _opened() -> Memory:
    settings = load()
    set_up_logs(settings)
    return open_memory(settings, settings.muster_home)


def _show(found: Sequence[Recalled], *, as_json: bool, scored: bool) -> None:
    if as_json:
        rows = [one.memo.model_dump(mode="json") | ({"score": round(one.score, 3)} if scored else {}) for one in found]
        _say(json.dumps(rows, indent=2))
        return
    for one in found:
        near = f"{one.score:.2f}  " if scored else ""
        _say(f"{near}{_line(one.memo)}  [{one.memo.id}]")
    if not found:
        _say("nothing is remembered")


def _line(memo: Memo) -> str:
    lesson = lesson_of(memo) if memo.kind == FAILURE else None
    if lesson is None:
        return f"{memo.at:%Y-%m-%d} {memo.kind} of {memo.scope}: {memo.text}"
    return (
        f"{memo.at:%Y-%m-%d} failure of {lesson.application.job} on {lesson.cluster}: {memo.text}; "
        f"{lesson.patch.kind} {lesson.result}"
    )


def _say(text: str) -> None:
    make_console().print(visible(text), soft_wrap=True, markup=False, highlight=False)
