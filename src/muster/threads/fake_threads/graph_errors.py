"""The platform's refusals in Graph shape: `{"error": {message, type, code, error_subcode, fbtrace_id}}`.

Codes 4, 10, 24 with 4279009, 100, 104, 190 with 463, and 613 are documented or were seen in public logs. What a used-up
quota and a second publication of one container are answered with is not documented for Threads: 9 with 2207042 is
what Instagram's API says to the former, and 100 stands in for the latter. A client must not need them (it asks for
the quota and for the container's status).
"""

from uuid import uuid4

from starlette.responses import JSONResponse

NOT_READY = 4279009
"""Subcode of a publication that came before the container was ready; its title is "Media Not Found"."""


class GraphError(Exception):
    """The platform says no, or does not feel well."""

    def __init__(self, status: int, code: int, message: str, *, subcode: int = 0, title: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.subcode, self.title = status, code, subcode, title
        self.retry_after_s: int | None = None

    def response(self) -> JSONResponse:
        """As it is sent."""
        error: dict[str, object] = {"message": str(self), "type": "OAuthException", "code": self.code,
                                    "is_transient": self.code in (1, 2)}  # fmt: skip
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.title:
            error |= {"error_user_title": self.title, "error_user_msg": str(self)}
        headers = {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}
        return JSONResponse({"error": error | {"fbtrace_id": uuid4().hex[:22]}}, self.status, headers)


def invalid(message: str) -> GraphError:
    """A parameter that is wrong."""
    return GraphError(400, 100, message)


def unknown_object(object_id: str) -> GraphError:
    """Nothing of that id, or nothing that this token may see."""
    told = f"Unsupported request. Object with ID '{object_id[:50]}' does not exist or can't be seen with this token"
    return GraphError(400, 100, told, subcode=33)


def not_ready(container_id: str) -> GraphError:
    """Also for a container that never was: the platform does not tell them apart."""
    told = f"The requested resource does not exist: the media with id {container_id[:50]} cannot be found."
    return GraphError(400, 24, told, subcode=NOT_READY, title="Media Not Found")


def already_published(container_id: str) -> GraphError:
    """A container publishes once."""
    return GraphError(400, 100, f"The container {container_id} has already been published")


def quota_used() -> GraphError:
    """No more publications in this window of 24 hours."""
    return GraphError(400, 9, "Application request limit reached", subcode=2207042, title="Too many posts")


def too_many_calls(retry_after_s: int | None = None) -> GraphError:
    """Too many calls in a short time."""
    error = GraphError(429, 4, "Application request limit reached")
    error.retry_after_s = retry_after_s
    return error


def no_token() -> GraphError:
    """Nobody says who asks."""
    return GraphError(400, 104, "An access token is required to request this resource.")


def bad_token() -> GraphError:
    """Not one of ours."""
    return GraphError(401, 190, "Invalid OAuth access token - Cannot parse access token")


def expired_token() -> GraphError:
    """It was one."""
    return GraphError(401, 190, "Error validating access token: the session has expired.", subcode=463)


def away(status: int) -> GraphError:
    """500 or 502, of a platform that is not well."""
    return GraphError(status, 2, "An unexpected error has occurred. Please retry your request later.")
