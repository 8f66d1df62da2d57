"""Every tool, in the order in which they are shown."""

from muster.nomad.tools.estate_tools.consul import CONSUL_TOOLS
from muster.nomad.tools.estate_tools.failed import FAILURE_TOOLS
from muster.nomad.tools.estate_tools.repository import REPOSITORY_TOOLS
from muster.nomad.tools.estate_tools.routes import ROUTE_TOOLS
from muster.nomad.tools.estate_tools.vault import VAULT_TOOLS

ESTATE_TOOLS = (*CONSUL_TOOLS, *VAULT_TOOLS, *ROUTE_TOOLS)
"""Those that look at the services around the cluster: the advisor's, and MCP's."""
ADVISOR_TOOLS = (*FAILURE_TOOLS, *REPOSITORY_TOOLS, *ESTATE_TOOLS)
