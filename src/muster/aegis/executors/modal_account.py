"""Modal's SDK with whose account it is used, and its errors as ours."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from muster.core.errors import AccessDeniedError, ServiceFailureError, UnreachableError
from muster.core.extras import require
from muster.core.redaction import redact


def load_modal() -> Any:
    """Modal's SDK. Raises MissingExtraError without the extra `modal`."""
    require("modal", "modal")
    return import_module("modal")


@dataclass(frozen=True)
class ModalAccount:
    """`client` is the SDK's own, made of a token; None is what Modal's own file says."""

    sdk: Any
    client: Any = None

    def app(self, name: str, *, create: bool) -> Any:
        """An app by its name. Raises the SDK's NotFoundError."""
        return self.sdk.App.lookup(name, client=self.client, create_if_missing=create)

    def volume(self, name: str, *, create: bool = False) -> Any:
        """A volume by its name, looked for when it is used."""
        return self.sdk.Volume.from_name(name, client=self.client, create_if_missing=create)

    def sandbox(self, app: str, name: str) -> Any:
        """A sandbox by its name, running or ended; None: there never was one."""
        try:
            return self.sdk.Sandbox.from_name(app, name, include_terminated=True, client=self.client)
        except self.sdk.exception.NotFoundError:
            return None

    @contextmanager
    def mapped(self, what: str) -> Generator[None]:
        """What the SDK raises in the block becomes a ServiceError; `what` says what was attempted."""
        known = self.sdk.exception
        try:
            yield
        except (known.AuthError, known.PermissionDeniedError) as error:
            advice = "Check AEGIS_MODAL_TOKEN_ID and AEGIS_MODAL_TOKEN_SECRET, or `modal token set`."
            raise AccessDeniedError(f"Modal refused {what}: {_said(error)}", advice=advice) from error
        except (known.ConnectionError, known.TimeoutError) as error:
            advice = "Check the network; it may have been done or not."
            raise UnreachableError(f"Modal could not be asked to {what}: {_said(error)}", advice=advice) from error
        except known.Error as error:
            raise ServiceFailureError(f"Modal failed to {what}: {_said(error)}") from error


def sign_in(sdk: Any, token_id: str, token_secret: str) -> ModalAccount:
    """The account of that token. Raises AccessDeniedError where Modal does not know it, UnreachableError without it."""
    account = ModalAccount(sdk)
    with account.mapped("sign in"):
        return ModalAccount(sdk, sdk.Client.from_credentials(token_id, token_secret))


def _said(error: Exception) -> str:
    return redact(str(error) or type(error).__name__)[:300]
