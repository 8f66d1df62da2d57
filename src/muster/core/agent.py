"""What the core needs to know of an agent: one frozen value, so that a run can be rebuilt from its id alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from muster.core.health import Check
from muster.core.settings import MusterSettings

if TYPE_CHECKING:  # importing langgraph takes seconds
    from _typeshed import DataclassInstance
    from langgraph.graph import StateGraph

    from muster.core.runs.report import Account

StateT = TypeVar("StateT", bound=BaseModel)
ContextT = TypeVar("ContextT", bound="DataclassInstance")
SettingsT = TypeVar("SettingsT", bound=MusterSettings)
OptionsT = TypeVar("OptionsT", bound=BaseModel)


@dataclass(frozen=True)
class Verdict:
    """How a finished run ended: whether the work is good, and one sentence about it."""

    ok: bool
    summary: str


@dataclass(frozen=True)
class Section:
    """A part of the report that only the agent can write. `body` is Markdown."""

    title: str
    body: str


def no_sections(state: BaseModel) -> tuple[Section, ...]:
    """An agent without sections of its own."""
    return ()


def no_files(state: BaseModel | None, account: Account, folder: Path) -> Mapping[str, str]:
    """An agent whose report is REPORT.md alone."""
    return {}


def no_checks(settings: object) -> tuple[Check, ...]:
    """An agent without services to look after."""
    return ()


def prints_nothing(options: BaseModel) -> bool:
    """An agent whose talk has standard output for itself."""
    return False


def no_scores(state: BaseModel) -> Mapping[str, float]:
    """An agent that is scored by its verdict alone."""
    return {}


def no_delivery(state: BaseModel, options: BaseModel) -> None:
    """An agent whose work leaves nothing to hand over."""


@dataclass(frozen=True)
class Agent(Generic[StateT, ContextT, SettingsT, OptionsT]):
    """An agent, as data.

    `options` is what a call decides (paths, flags; never a secret): it is stored with the run, and together with
    the folder it was started in and the environment it is enough to build graph and context again. `build_context`
    opens what the agent needs for the run of that id, and closes it when its block ends. `question_ids` names every
    question that may be asked, in order, so that an answers file can be checked before anything happens. `deliver`
    hands over what a run that ended well was for, in the folder that it was started in. `prints` says whether that may
    go to standard output: the talk then goes to standard error. `tags` are what its traces are called beside its name.
    `report_files` are texts by file name that lie beside REPORT.md, made of the last state (None: there is none that
    this version reads), the account and the run's folder. `scores` are numbers by name, of a run that reached its end,
    that its trace gets beside those of every run.
    """

    name: str
    state: type[StateT]
    options: type[OptionsT]
    build_graph: Callable[[OptionsT], StateGraph[StateT, ContextT, StateT, StateT]]
    load_settings: Callable[[], SettingsT]
    build_context: Callable[[SettingsT, OptionsT, str], AbstractContextManager[ContextT]]
    verdict: Callable[[StateT], Verdict]
    question_ids: tuple[str, ...] = ()
    checks: Callable[[SettingsT], tuple[Check, ...]] = no_checks
    report_sections: Callable[[StateT], tuple[Section, ...]] = no_sections
    report_files: Callable[[StateT | None, Account, Path], Mapping[str, str]] = no_files
    scores: Callable[[StateT], Mapping[str, float]] = no_scores
    deliver: Callable[[StateT, OptionsT], None] = no_delivery
    prints: Callable[[OptionsT], bool] = prints_nothing
    tags: tuple[str, ...] = ()


AnyAgent = Agent[Any, Any, Any, Any]
