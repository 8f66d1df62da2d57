"""The command `nomad-spec mcp`: parses, and hands over."""

from typing import Annotated

import typer

from muster.core.extras import require


def mcp(
    http: Annotated[
        str | None,
        typer.Option("--http", metavar="HOST:PORT", help="Serve over HTTP on loopback.", show_default=False),
    ] = None,
    allow_deploy: Annotated[
        bool, typer.Option("--allow-deploy", help="Serve also the tools that deploy, verify and stop jobs.")
    ] = False,
    embedded: Annotated[
        bool, typer.Option("--embedded", help="Use the embedded cluster instead of NOMAD_ADDR.")
    ] = False,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ID", help="Read .env.ID instead of .env.", show_default=False)
    ] = None,
) -> None:
    """Serve read-only tools over MCP, on standard input and output, for an assistant of your choice."""
    require("serve", "mcp")
    from muster.core.observability.logs import set_up_logs
    from muster.nomad.agent import load
    from muster.nomad.commands import cluster_options
    from muster.nomad.mcp_server import build_server, serve_http, serve_stdio, split_address
    from muster.nomad.mcp_tools import served_tools
    from muster.nomad.wiring import settings_of

    if http is not None:
        split_address(http)
    options = cluster_options(embedded=embedded, cluster_id=cluster)
    settings = settings_of(load(), options.cluster_id)
    set_up_logs(settings)
    server = build_server(served_tools(settings, options, allow_deploy=allow_deploy))
    if http is None:
        serve_stdio(server)
    else:
        serve_http(server, http)
