"""What a tool is: a plain function over the ports, with typed arguments, that looks and changes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, ValidationError

from muster.core.errors import UsageError
from muster.core.llm.ports import Tool
from muster.core.redaction import redact, redact_json
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.ports import Codebase, Estate

AskedT = TypeVar("AskedT", bound="Asked")
PortT = TypeVar("PortT")
_ANY: TypeAdapter[Any] = TypeAdapter(Any)
CONVENTIONS_KEY = "config/nomad-agent/conventions"


class Asked(BaseModel):
    """Arguments of a tool; an unknown one is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Around:
    """What the tools look at: the services around the cluster, and the repository `source` and the failure
    where there are any."""

    estate: Estate = field(default_factory=Estate)
    conventions_key: str = CONVENTIONS_KEY
    """Key of Consul's store that holds the conventions."""
    codebase: Codebase | None = None
    source: str = ""
    failure: Failure | None = None


@dataclass(frozen=True)
class LookingTool:
    """A tool by its name, its arguments and the function that does it; the docstring is what its caller is told."""

    name: str
    arguments: type[Asked]
    look: Callable[[Around, Any], object]
    masked: Callable[[JsonValue], JsonValue] = redact_json
    """Takes the secrets out of what it finds."""

    @property
    def description(self) -> str:
        """The function's docstring, as one text."""
        return " ".join((self.look.__doc__ or "").split())

    @property
    def parameters(self) -> dict[str, JsonValue]:
        """The JSON schema of the arguments."""
        return cast("dict[str, JsonValue]", self.arguments.model_json_schema())

    def call(self, around: Around, arguments: Mapping[str, JsonValue]) -> JsonValue:
        """What it finds, as JSON, with no secret in it. Raises UsageError for arguments that do not fit, and what the
        ports raise."""
        try:
            asked = self.arguments.model_validate(dict(arguments))
        except ValidationError as error:
            raise UsageError(f"the arguments do not fit: {_problems(error)}") from error
        found = cast("JsonValue", _ANY.dump_python(self.look(around, asked), mode="json"))
        return self.masked(found)


def looking_tool(
    look: Callable[[Around, AskedT], object],
    arguments: type[AskedT],
    *,
    masked: Callable[[JsonValue], JsonValue] = redact_json,
) -> LookingTool:
    """A tool that is called as its function."""
    return LookingTool(look.__name__, arguments, look, masked)


def redact_texts(value: JsonValue) -> JsonValue:
    """Every text redacted by its own shape, whatever it is called: where a secret's name stands before its place."""
    match value:
        case str():
            return redact(value)
        case list():
            return [redact_texts(item) for item in value]
        case dict():
            return {redact(name): redact_texts(item) for name, item in value.items()}
        case _:
            return value


def for_model(tool: LookingTool, around: Around) -> Tool:
    """The tool as a model is given it."""
    return Tool(
        tool.name,
        tool.description,
        tool.parameters,
        lambda arguments: _ANY.dump_json(tool.call(around, arguments), indent=1).decode(),
    )


def configured(port: PortT | None, what: str, setting: str) -> PortT:
    """The port. Raises UsageError where it is not configured."""
    if port is None:
        raise UsageError(f"{what} is not configured", advice=f"Set {setting} to ask it.")
    return port


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the arguments'}: {one['msg']}" for one in found[:5])
