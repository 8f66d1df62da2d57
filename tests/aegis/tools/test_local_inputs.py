"""Rows are read, counted and written: any bytes are taken, and no row is lost without being told."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aegis.worlds import CHATS, World
from muster.aegis.domain.data.report import DataReport
from muster.aegis.domain.shown import data_lines
from muster.aegis.domain.spec import DataRef, ModelRef, TrainingSpec
from muster.aegis.tools.local_inputs import LocalInputs
from muster.aegis.tools.model_folder import look_at_model
from muster.core.errors import SourceError

SUFFIXES = (".jsonl", ".json", ".csv", ".tsv", ".txt", "")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "from", "value", "type", "text"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = [
    "messages",
    "conversations",
    "instruction",
    "input",
    "output",
    "prompt",
    "completion",
    "text",
    "chosen",
    "rejected",
]
TURNS = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "bard"]), "content": st.text(max_size=8)}
    ),
    max_size=4,
)
ROWS = st.lists(VALUES | st.dictionaries(st.sampled_from(NAMES), VALUES | TURNS, max_size=4), max_size=12)
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def look(path: Path, **data: Any) -> DataReport:
    return LocalInputs().data(TrainingSpec(model=ModelRef(path="none"), data=DataRef(path=str(path), **data)))


def sums_up(report: DataReport) -> bool:
    return report.kept + sum(one.count for one in report.dropped) == report.rows


@given(
    data=st.binary(max_size=400),
    suffix=st.sampled_from(SUFFIXES),
    head=st.sampled_from([b"", b"[", b'{"text":"', b"text\n", b"\xef\xbb\xbf"]),
)
@QUICK
def test_any_bytes_are_a_report(tmp_path: Path, data: bytes, suffix: str, head: bytes) -> None:
    path = tmp_path / f"rows{suffix}"
    path.write_bytes(head + data)
    assert sums_up(look(path))


@given(rows=ROWS, as_list=st.booleans())
@QUICK
def test_every_row_is_kept_or_counted_as_dropped(tmp_path: Path, rows: list[Any], as_list: bool) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows) if as_list else "".join(json.dumps(row) + "\n" for row in rows))
    report = look(path)
    if as_list or not path.read_text().startswith("["):
        assert report.rows == len(rows)
    assert sums_up(report)


def test_a_number_that_is_none_spoils_its_own_item_of_a_list_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[{"text": Infinity}, {"text": [NaN, 1]}, {"text": "a whole row"}]')
    report = look(path)
    assert (report.rows, report.kept, [one.count for one in report.dropped]) == (3, 1, [2])


@given(rows=ROWS)
@QUICK
def test_what_is_kept_is_what_is_written(tmp_path: Path, rows: list[Any]) -> None:
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows))
    spec = TrainingSpec(model=ModelRef(path="none"), data=DataRef(path=str(path), eval_share=0.3))
    written = LocalInputs().write(spec, tmp_path / "out")
    lines = [(tmp_path / "out" / name).read_text().splitlines() for name in ("train.jsonl", "eval.jsonl")]
    assert [len(one) for one in lines] == [written.train_rows, written.eval_rows]
    report = LocalInputs().data(spec)
    assert (written.train_rows, written.eval_rows) == (report.train_rows, report.eval_rows)
    assert report.train_rows + report.eval_rows == report.kept


@pytest.mark.parametrize("path", ["", "\0", "x" * 300, "/", "/dev/null"])
def test_a_path_that_is_no_file_is_a_report(path: str) -> None:
    spec = TrainingSpec(model=ModelRef(path="none"), data=DataRef(path=path or "."))
    assert {one.kind for one in LocalInputs().data(spec).problems} == {"dataset_missing"}


def test_a_file_that_is_not_there_can_not_be_written_from(tmp_path: Path, world: World) -> None:
    world.data.unlink()
    with pytest.raises(SourceError, match="does not exist"):
        LocalInputs().write(world.training, tmp_path / "out")


def test_bad_json_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a"}\n\n{"text": }\n' + '{"text": "b"}\n' * 40)
    (dropped,) = look(path).dropped
    assert dropped.examples == ("line 3: Expecting value at column 10",)


def test_a_byte_that_is_no_utf8_is_told_by_line_and_offset(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"text": "tea"}\n{"text": "caf\xe9"}\n')
    (dropped,) = look(path).dropped
    assert (dropped.kind, dropped.examples) == ("dataset_encoding", ("line 2: byte 0xe9 at offset 13",))


def test_a_byte_order_mark_is_skipped_and_told(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"text": "tea"}\n')
    report = look(path)
    assert (report.kept, report.problems[0].kind) == (1, "dataset_encoding")


def test_a_list_that_breaks_off_refuses_whatever_came_before(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text("[" + '{"text": "a word"},' * 200 + '{"text": ')
    report = look(path)
    assert (report.kept, report.refused) == (200, True)


def test_a_number_is_not_split_by_the_end_of_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text("[" + " " * ((1 << 20) - 3) + '1234567, {"text": "a"}]')
    assert look(path).rows == 2


def test_csv_fields_may_hold_lines_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('prompt;completion\n"a; b";"c\nd"\n"say ""hi""";hi\nx;y;z\n')
    report = look(path)
    assert (report.format, report.kept, report.dropped[0].examples) == (
        "prompt_completion",
        2,
        ("line 5: 3 instead of 2",),
    )


def test_lines_of_text_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("one\n\ntwo\n")
    assert (look(path).format, look(path).kept) == ("text", 2)


def test_columns_can_be_mapped(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"q": "why", "a": "because"}\n' * 12)
    report = look(path, columns={"prompt": "q", "completion": "a"})
    assert (report.format, report.kept) == ("prompt_completion", 12)


def test_columns_that_look_alike_are_offered_and_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"question": "why", "answer": "because"}\n' * 12)
    report = look(path)
    assert report.kept == 0
    assert report.problems[0].advice == "these look alike: data.columns: {prompt: question, completion: answer}"


def test_the_same_rows_are_held_out_for_the_same_seed(tmp_path: Path, world: World) -> None:
    world.rows([{"text": f"row number {number}"} for number in range(400)])
    one, again = (LocalInputs().write(world.training, tmp_path / name) for name in ("a", "b"))
    assert Path(one.eval).read_text() == Path(again.eval).read_text()
    assert 20 <= one.eval_rows <= 60


def test_rows_that_differ_in_signs_alone_stand_on_one_side(tmp_path: Path, world: World) -> None:
    world.rows([{"text": f"Row number {number // 2}{'!' * (number % 2)}"} for number in range(400)])
    written = LocalInputs().write(world.training, tmp_path / "out")
    sides = [
        {row.lower().strip('!"}\n') for row in Path(path).read_text().splitlines()}
        for path in (written.train, written.eval)
    ]
    assert not sides[0] & sides[1]


def test_repeated_rows_are_told(world: World) -> None:
    world.rows([*CHATS, *CHATS[:5]])
    report = world.report()
    assert (report.likeness.exact, report.likeness.near) == (5, 0)
    assert "dataset_duplicates" in {one.kind for one in report.problems}


def test_a_secret_is_in_no_part_of_the_report(world: World) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"
    world.rows(
        [
            {"messages": [{"role": secret, "content": secret}]},
            *(
                {
                    "messages": [
                        {"role": "user", "content": f"my key is {secret}"},
                        {"role": "assistant", "content": "ok"},
                    ]
                }
                for _ in range(20)
            ),
        ]
    )
    assert secret not in world.report().model_dump_json()


def test_personal_data_is_counted_and_no_sample_shows_it(world: World) -> None:
    world.rows([{"text": "write to ada@lovelace.org or call +44 20 7946 0958"}, {"text": "a plain row"}])
    report = world.report()
    assert report.private == {"e-mail address": 1, "phone number": 1}
    assert [one.line for one in report.samples] == [2]


def test_rows_that_are_cut_are_counted(world: World) -> None:
    world.ask(shape={"seq_len": 36})
    lengths = world.report().lengths
    assert lengths
    assert 0 < lengths.cut < lengths.measured
    assert lengths.masked == 0


def test_max_rows_ends_the_reading(world: World) -> None:
    world.ask(data={"max_rows": 7})
    assert world.report().rows == 7


MODEL_FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
)


@given(
    data=st.binary(max_size=200) | VALUES.map(json.dumps).map(str.encode),
    name=st.sampled_from(MODEL_FILES),
    cut=st.integers(0, 4000),
)
@QUICK
def test_any_bytes_in_a_model_folder_are_problems_and_no_crash(world: World, data: bytes, name: str, cut: int) -> None:
    path = world.model / name
    before = path.read_bytes() if path.exists() else None
    try:
        for content in (data, (before or b"")[:cut] + data):
            path.write_bytes(content)
            world.problems()
    finally:
        path.write_bytes(before) if before is not None else path.unlink()


def test_a_config_that_is_nested_too_deeply_says_so(world: World) -> None:
    (world.model / "config.json").write_text("[" * 200_000)
    assert look_at_model(str(world.model)).config_trouble == "can't be read: nested too deeply"


HEADERS = st.dictionaries(
    st.sampled_from(["model.embed_tokens.weight", "__metadata__", "x"]),
    st.fixed_dictionaries(
        {"dtype": VALUES | st.just("F32"), "shape": VALUES | st.just([2, 2]), "data_offsets": VALUES | st.just([0, 16])}
    )
    | VALUES,
    max_size=2,
)


@given(header=HEADERS)
@QUICK
def test_any_header_of_weights_is_a_problem_and_no_crash(tmp_path: Path, header: dict[str, Any]) -> None:
    text = json.dumps(header).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"\0" * 16)
    look_at_model(str(tmp_path))


@given(rows=ROWS)
@QUICK
def test_any_rows_go_through_a_tokenizer(world: World, rows: list[Any]) -> None:
    world.rows(rows)
    assert sums_up(world.report())


def lines_of(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def test_canaries_stand_behind_the_rows_to_train_on_as_often_as_asked(tmp_path: Path, world: World) -> None:
    plain = LocalInputs().write(world.training, tmp_path / "plain")
    world.ask(evaluation={"canaries": 2, "canary_repeats": 3})
    written = LocalInputs().write(world.training, tmp_path / "out")
    lines = lines_of(written.train)
    assert lines[: written.train_rows] == lines_of(plain.train)
    canaries = [one["row"] for one in json.loads(Path(written.canaries).read_text())]
    assert [json.loads(line) for line in lines[written.train_rows :]] == [row for row in canaries for _ in range(3)]


def test_canaries_are_never_among_the_rows_to_evaluate_on(tmp_path: Path, world: World) -> None:
    plain = LocalInputs().write(world.training, tmp_path / "plain")
    world.ask(evaluation={"canaries": 5})
    written = LocalInputs().write(world.training, tmp_path / "out")
    assert lines_of(written.eval) == lines_of(plain.eval)


def test_the_file_of_the_user_stays_as_it_is(tmp_path: Path, world: World) -> None:
    before = world.data.read_bytes()
    world.ask(evaluation={"canaries": 5})
    LocalInputs().write(world.training, tmp_path / "out")
    assert world.data.read_bytes() == before


def test_nothing_is_planted_where_nothing_is_held_out(tmp_path: Path, world: World) -> None:
    world.ask(evaluation={"canaries": 5}, data={"eval_share": 0.0})
    written = LocalInputs().write(world.training, tmp_path / "out")
    assert (written.canaries, written.planted, len(lines_of(written.train))) == ("", 0, written.train_rows)


def test_the_report_on_the_rows_tells_how_many_are_planted_and_why(world: World) -> None:
    world.ask(evaluation={"canaries": 2, "canary_repeats": 3})
    (told,) = [line for line in data_lines(world.report()) if "made-up" in line]
    assert told.startswith("6 rows with made-up secrets are added to the training to see what is learnt by heart")
