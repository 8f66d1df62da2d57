import re

import pytest

from muster.core import errors
from muster.core.errors import MusterError, QuitError, ServiceError, UsageError, WorkFailedError

TREE = re.findall(r"^(?: *[*x+-] )(\w+Error)", errors.__doc__ or "", re.MULTILINE)
ALL = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, MusterError)}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert set(TREE) == ALL
    assert len(TREE) == len(ALL)


@pytest.mark.parametrize(
    ("kind", "code"), [(MusterError, 1), (WorkFailedError, 1), (UsageError, 2), (ServiceError, 3), (QuitError, 130)]
)
def test_each_branch_has_its_exit_code(kind: type[MusterError], code: int) -> None:
    assert kind("x").exit_code == code


def test_message_and_advice_are_redacted_when_raised() -> None:
    error = MusterError("token=abcdefgh", advice="not with sk-0123456789abcdefghij")
    assert str(error) == "token=[redacted]\nnot with [redacted]"
    assert str(MusterError("alone")) == "alone"
