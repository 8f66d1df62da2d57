"""A number is read whole, in figures or in words, or it is left unread and asked about."""

import pytest

from muster.aegis.domain.intent.parse import parse_intent


@pytest.mark.parametrize(
    ("words", "sum_usd"),
    [
        ("under $10,000", 10_000),
        ("under $1,500.50", 1500.5),
        ("under $0.0000001", 1e-7),
        ("under $1.", 1),
        ("under $2k", 2000),
        ("less than 1,500 dollars", 1500),
        ("at most fifty cents", 0.5),
        ("under two dollars", 2),
        ("$.50 max", 0.5),
    ],
)
def test_money_is_read_whole(words: str, sum_usd: float) -> None:
    intent = parse_intent(words)
    assert intent.max_usd
    assert (intent.max_usd.value, intent.not_understood) == (sum_usd, ())


@pytest.mark.parametrize(
    "words",
    ["under $10,00", "under $1.2.3", "under $1,0000", "1,00 dollars max", "under $5M", "under $2/hour",
     "at most 2 dollars per hour", "under $1e3"],
)  # fmt: skip
def test_a_sum_that_can_not_be_read_whole_is_asked_about(words: str) -> None:
    intent = parse_intent(words)
    assert intent.max_usd is None
    assert intent.not_understood


@pytest.mark.parametrize("words", ["rank 8.5", "batch 1.5", "seq 1.2.3k", "lr 1.5.2", "warmup 5.5.5%", "1,00 steps"])
def test_no_number_is_cut(words: str) -> None:
    intent = parse_intent(words)
    read = (intent.rank, intent.batch, intent.seq_len, intent.learning_rate, intent.warmup_share, intent.max_steps)
    assert not any(read)
    assert intent.not_understood


@pytest.mark.parametrize(
    ("words", "epochs"),
    [
        ("half an epoch", 0.5),
        ("a quarter of an epoch", 0.25),
        ("three quarters of an epoch", 0.75),
        ("an epoch", 1),
        ("a single epoch", 1),
        ("one and a half epochs", 1.5),
        ("twenty-five epochs", 25),
        ("three passes over the data", 3),
        ("epochs: two", 2),
    ],
)
def test_epochs_are_read_in_words(words: str, epochs: float) -> None:
    intent = parse_intent(words)
    assert intent.epochs
    assert (intent.epochs.value, intent.not_understood) == (epochs, ())


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("a hundred", 100),
        ("a dozen", 12),
        ("two hundred and fifty", 250),
        ("a thousand", 1000),
        ("three thousand five hundred", 3500),
        ("twelve thousand", 12_000),
        ("ninety-nine", 99),
        ("2.5k", 2500),
        ("10,000", 10_000),
    ],
)
def test_counts_are_read_in_words(words: str, steps: int) -> None:
    intent = parse_intent(f"for {words} steps")
    assert intent.max_steps
    assert intent.max_steps.value == steps


def test_a_rank_and_a_batch_are_read_in_words() -> None:
    intent = parse_intent("rank sixteen, batch of thirty-two")
    assert intent.rank
    assert intent.batch
    assert (intent.rank.value, intent.batch.value) == (16, 32)
