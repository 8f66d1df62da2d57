from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.prompts.desk import Desk, desk_of
from muster.core.prompts.langfuse_prompts import LangfuseKeys, LangfusePrompts, open_langfuse
from muster.core.testing.langfuse_double.server import RecordingLangfuse

_NUMBERS = count()


@pytest.fixture
def langfuse() -> Generator[RecordingLangfuse]:
    with RecordingLangfuse(public_key=f"pk-lf-{next(_NUMBERS)}") as double:  # the SDK keeps one client a key
        yield double


@pytest.fixture
def keys(langfuse: RecordingLangfuse) -> LangfuseKeys:
    return LangfuseKeys(langfuse.address, langfuse.public_key, SecretStr(langfuse.secret_key))


@pytest.fixture
def server(keys: LangfuseKeys) -> Generator[LangfusePrompts]:
    """Our adapter, talking to the double over HTTP."""
    with open_langfuse(keys, timeout_s=1.0) as client:
        yield LangfusePrompts(client)


@pytest.fixture
def desk(
    tmp_path: Path, langfuse: RecordingLangfuse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """The prompt commands over three prompts and an empty Langfuse; the default label is staging."""
    return desk_of(tmp_path, langfuse, capsys, monkeypatch)
