"""What should not happen, drawn as a tree. What can happen is a value, never an error.

* MusterError                     exit 1
  x UsageError                    exit 2: the call or its input is wrong
    + SettingsError               a setting is missing or malformed
    + MissingExtraError           an optional dependency is not installed
    + SourceError                 a repository or file that can't be read
    + NoAnswerError               a question without a safe default and nobody to ask
    + RunStateError               the run can't do that: it exists already, has no question, is locked
    + PromptError                 a prompt that can't be used: a variable or an include that does not fit
  x ServiceError                  exit 3: a service is away or refused us
    + UnreachableError            refused, no such host, connection cut
    + ServiceTimeoutError         no answer in time: the outcome is unknown
    + TlsError                    the certificate is not trusted
    + AccessDeniedError           401 or 403
    + ServiceFailureError         5xx, or an answer that makes no sense
    + ClusterUnavailableError     the Nomad cluster answers, but has no leader or went away half way
  x WorkFailedError               exit 1: the work itself failed, or a gate said no
    + BudgetError                 the next call of a model could cost more than the run may
  x QuitError                     exit 130: the user left; the run can be resumed
"""

from muster.core.redaction import redact


class MusterError(Exception):
    """Base of every error that we raise; the text is redacted and may be shown to anybody.

    `message` says what was attempted and what went wrong; `advice` what to do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, advice: str = "") -> None:
        self.message = redact(message)
        self.advice = redact(advice)
        super().__init__(f"{self.message}\n{self.advice}" if advice else self.message)


class UsageError(MusterError):
    """The call or its input is wrong; nothing was done."""

    exit_code = 2


class SettingsError(UsageError):
    """One or more settings are missing or malformed; the message lists all of them."""


class MissingExtraError(UsageError):
    """An optional dependency is not installed; the advice is the install command."""


class SourceError(UsageError):
    """A repository, folder or file that can't be read."""


class NoAnswerError(UsageError):
    """A question has no safe default, no answer was given, and nobody can be asked."""


class RunStateError(UsageError):
    """The run can't do what was asked of it in its present state."""


class PromptError(UsageError):
    """A prompt can't be used: its file, its variables or what it includes do not fit."""


class ServiceError(MusterError):
    """A service is away or refused us."""

    exit_code = 3


class UnreachableError(ServiceError):
    """Nothing answers at that address."""


class ServiceTimeoutError(ServiceError):
    """No answer in time: what was asked may or may not have been done."""


class TlsError(ServiceError):
    """The service's certificate is not trusted."""


class AccessDeniedError(ServiceError):
    """The service refused our credentials (401 or 403)."""


class ServiceFailureError(ServiceError):
    """The service answered 5xx, or with something that is no answer."""


class ClusterUnavailableError(ServiceError):
    """The Nomad cluster answers, but has no leader or went away half way."""


class WorkFailedError(MusterError):
    """The work itself failed, or a gate said no."""


class BudgetError(WorkFailedError):
    """The next call of a model could cost more than the run may; the run can be resumed with more."""


class QuitError(MusterError):
    """The user left at a prompt; the run keeps its place."""

    exit_code = 130
