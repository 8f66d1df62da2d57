"""`--answers FILE.yaml`: answers prepared in a file, by question id; what it leaves out is asked elsewhere."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import yaml

from muster.core.errors import UsageError
from muster.core.gates.draft import Draft
from muster.core.gates.front import Front
from muster.core.gates.questions import AnswerValue, Form
from muster.core.gates.unique_keys import DuplicateKeyError, load_unique
from muster.core.gates.validate import Accepted, Rejected, check_answer, choice_names, unknown_name

_MAX_BYTES = 1_000_000
REMEMBER = "remember"
"""The one key that is no question: the ids of those whose answers are kept for the next run."""


class AnswersFront:
    """Satisfies `Front`: takes each form's answers from the file, and the others from `otherwise`."""

    def __init__(self, answers: Mapping[str, object], otherwise: Front) -> None:
        self._answers = answers
        self._otherwise = otherwise
        self._asked: set[str] = set()

    def ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        """Raises UsageError naming every prepared answer that doesn't fit its question."""
        self._asked.update(question.id for question in form.questions)
        values: dict[str, AnswerValue] = {}
        problems: list[str] = []
        for question in form.questions:
            if question.id in self._answers:
                match check_answer(question, self._answers[question.id]):
                    case Accepted(value=value):
                        values[question.id] = value
                    case Rejected(problem=problem):
                        problems.append(f"  {question.id} {problem}")
        if problems:
            raise UsageError("the answers file does not fit:\n" + "\n".join(problems), advice="Correct the file.")
        return values | self._rest(form, values, draft)

    def prepared(self, question_id: str) -> list[str]:
        """What the file picks in a choice that was not asked yet; empty where it says nothing."""
        return choice_names(self._answers.get(question_id)) or []

    def ids(self) -> list[str]:
        """Ids of the questions that the file answers, whether or not they will be asked."""
        return [name for name in self._answers if name != REMEMBER]

    def never_asked(self) -> list[str]:
        """Ids in the file that no form asked for so far: a misspelt service, or a question that did not come up."""
        return [name for name in self.ids() if name not in self._asked]

    def to_remember(self) -> list[str]:
        """Ids of questions whose answers are to be kept for the next run."""
        return choice_names(self._answers.get(REMEMBER)) or []

    def _rest(self, form: Form, values: Mapping[str, AnswerValue], draft: Draft) -> dict[str, AnswerValue]:
        open_questions = [question for question in form.questions if question.id not in values]
        if not open_questions:
            return {}
        return dict(self._otherwise.ask(form.model_copy(update={"questions": open_questions}), draft))


def load_answers(path: Path, known: Iterable[str]) -> dict[str, object]:
    """The file's answers, by question id. Raises UsageError; all unknown ids are named at once.

    `known` may hold patterns such as `*.image`; empty, it leaves the ids unchecked.
    """
    content = _load_yaml(path)
    if not isinstance(content, dict):
        raise UsageError(f"{path} must hold a table of question ids and answers")
    answers = {str(key): value for key, value in cast(dict[object, object], content).items()}
    ids = list(known)
    named = [*(key for key in answers if key != REMEMBER), *_to_remember(answers, path)]
    if unknown := [unknown_name(key, ids, "question") for key in named if ids and not _is_known(key, ids)]:
        raise UsageError(
            f"{path} answers what is never asked:\n" + "\n".join(f"  {problem}" for problem in unknown),
            advice=f"The questions are {', '.join(ids)}.",
        )
    return answers


def _to_remember(answers: Mapping[str, object], path: Path) -> list[str]:
    names = choice_names(answers.get(REMEMBER, []))
    if names is None:
        raise UsageError(f"{path}: {REMEMBER} must be a list of question ids", advice="remember: [shop.count]")
    return names


def _is_known(key: str, ids: Iterable[str]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in ids)


def _load_yaml(path: Path) -> object:
    try:
        data = path.read_bytes()
        if len(data) > _MAX_BYTES:
            raise UsageError(f"{path} is too large for an answers file ({len(data)} bytes)")
        return load_unique(data) or {}
    except OSError as error:
        raise UsageError(f"the answers file {path} can't be read: {error.strerror}") from error
    except DuplicateKeyError as error:
        raise UsageError(f"{path} answers the same thing twice: {error}", advice="Leave one of them out.") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        text = " ".join(str(error).split())
        raise UsageError(f"{path} is no YAML: {text}") from error
