import pytest

from muster.core.errors import SettingsError
from muster.core.prompts.assigning import Share, labels_for, parse_share
from muster.core.settings import MusterSettings, load_settings

IDS = [f"run-{number}" for number in range(10_000)]


def drawn(share: Share) -> list[str]:
    return [run_id for run_id in IDS if labels_for(run_id, "production", share)[0] == share.label]


@pytest.mark.parametrize("of_runs", [0.05, 0.2, 0.5])
def test_about_the_set_share_of_runs_uses_the_other_label(of_runs: float) -> None:
    assert len(drawn(Share("candidate", of_runs))) / len(IDS) == pytest.approx(of_runs, abs=0.015)


def test_a_share_of_one_is_every_run() -> None:
    assert drawn(Share("candidate", 1.0)) == IDS


def test_the_same_run_always_draws_the_same() -> None:
    assert drawn(Share("candidate", 0.2)) == drawn(Share("candidate", 0.2))


def test_a_larger_share_keeps_the_runs_of_the_smaller_one() -> None:
    assert set(drawn(Share("candidate", 0.1))) < set(drawn(Share("candidate", 0.3)))


def test_two_experiments_draw_apart() -> None:
    both = set(drawn(Share("one", 0.5))) & set(drawn(Share("two", 0.5)))
    assert len(both) / len(IDS) == pytest.approx(0.25, abs=0.02)


def test_a_run_outside_the_share_never_looks_for_the_other_label() -> None:
    outside = next(run_id for run_id in IDS if run_id not in drawn(Share("candidate", 0.2)))
    assert labels_for(outside, "production", Share("candidate", 0.2)) == ("production",)


def test_without_an_experiment_there_is_one_label() -> None:
    assert labels_for("run", "production", None) == ("production",)


def test_a_share_is_read() -> None:
    assert parse_share("candidate:0.2") == Share("candidate", 0.2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("candidate", "it is no LABEL:SHARE"),
        ("candidate:", "it is no LABEL:SHARE"),
        ("candidate:half", "it is no LABEL:SHARE"),
        (":0.5", "is no label"),
        ("Candidate:0.5", "is no label"),
        ("candidate:0", "more than 0"),
        ("candidate:1.5", "at most 1"),
        ("candidate:nan", "more than 0"),
        ("candidate:-1", "more than 0"),
    ],
)
def test_a_share_that_is_none_is_refused_with_its_variable(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGFUSE_PROMPT_AB", text)
    with pytest.raises(SettingsError, match="LANGFUSE_PROMPT_AB is wrong") as refused:
        load_settings(MusterSettings)
    assert said in refused.value.message


def test_a_label_that_langfuse_would_not_take_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGFUSE_PROMPT_LABEL", "Production!")
    with pytest.raises(SettingsError, match="LANGFUSE_PROMPT_LABEL is wrong"):
        load_settings(MusterSettings)


@pytest.mark.parametrize(
    ("said", "files_only"),
    [("true", True), ("1", True), ("woodpecker", True), ("false", False), ("0", False), ("", False)],
)
def test_ci_systems_read_files_only(said: str, files_only: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", said)
    assert load_settings(MusterSettings).prompts_from_files is files_only
