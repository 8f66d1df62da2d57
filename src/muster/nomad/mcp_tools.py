"""Which tools MCP serves: those that look at the estate, a plan; and, where that is allowed, those that change jobs."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from pydantic import JsonValue, ValidationError

from muster.core.clock import SystemClock
from muster.core.errors import UsageError
from muster.nomad.mcp_runs import DeployAsked, JobAsked, McpRuns, PlanAsked, StopAsked
from muster.nomad.mcp_server import ServedTool
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.tools.estate_tools.looking import Around, Asked, LookingTool
from muster.nomad.tools.estate_tools.registry import ESTATE_TOOLS
from muster.nomad.wiring import open_estate

AskedT = TypeVar("AskedT", bound=Asked)


def served_tools(settings: NomadSettings, options: Options, *, allow_deploy: bool) -> tuple[ServedTool, ...]:
    """The tools, in order. Without `allow_deploy` none of them changes anything on the cluster."""
    runs = McpRuns(settings, options)
    looking = (*(_of_estate(one, settings, options) for one in ESTATE_TOOLS), _of_run(runs.plan, PlanAsked))
    if not allow_deploy:
        return looking
    return (
        *looking,
        _of_run(runs.deploy, DeployAsked, changes=True),
        _of_run(runs.verify, JobAsked),
        _of_run(runs.stop, StopAsked, changes=True),
    )


def _of_estate(tool: LookingTool, settings: NomadSettings, options: Options) -> ServedTool:
    """A tool that opens the estate for each call: services may come and go while the server runs."""

    def call(arguments: Mapping[str, JsonValue]) -> JsonValue:
        with open_estate(settings, options, SystemClock()) as estate:
            around = Around(estate=estate, conventions_key=settings.consul_conventions_path)
            return tool.call(around, arguments)

    return ServedTool(tool.name, tool.description, tool.parameters, call)


def _of_run(work: Callable[[AskedT], JsonValue], arguments: type[AskedT], *, changes: bool = False) -> ServedTool:
    def call(given: Mapping[str, JsonValue]) -> JsonValue:
        try:
            asked = arguments.model_validate(dict(given))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=False)
            told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
            raise UsageError(f"the arguments do not fit: {told}") from error
        return work(asked)

    schema = cast("dict[str, JsonValue]", arguments.model_json_schema())
    return ServedTool(work.__name__, " ".join((work.__doc__ or "").split()), schema, call, changes=changes)
