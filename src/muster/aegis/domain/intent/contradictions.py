"""Wishes that can't both be had."""

from collections.abc import Iterator

from muster.aegis.domain.intent.intent import Intent


def contradictions(intent: Intent) -> tuple[str, ...]:
    """Each quotes the words on both sides."""
    return (*_money(intent), *_method(intent), *_length(intent))


def _money(intent: Intent) -> Iterator[str]:
    soft, hard = intent.soft_usd, intent.max_usd
    if soft and hard and soft.value > hard.value:
        yield f"{soft.where} is above {hard.where}: it would never ask"


def _method(intent: Intent) -> Iterator[str]:
    method = intent.method
    if method is None:
        return
    if method.value == "full":
        for one in (intent.rank, intent.alpha, intent.dropout, intent.targets, intent.save_form):
            if one is not None and one.value != "adapter":
                yield f"{method.where} trains all weights, and {one.where} is about an adapter"
    if method.value == "qlora" and intent.gpu and intent.gpu.value == "cpu":
        yield f"{method.where} keeps weights in 4 bit, which wants a GPU, and {intent.gpu.where} is none"


def _length(intent: Intent) -> Iterator[str]:
    if intent.epochs and intent.max_steps:
        yield f"{intent.epochs.where} and {intent.max_steps.where}: which of them ends the training?"
