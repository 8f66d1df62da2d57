"""Every route of the double, in the order in which they are tried."""

from muster.core.testing.langfuse_double.ingest import INGEST_ROUTES
from muster.core.testing.langfuse_double.observation_routes import OBSERVATION_ROUTES
from muster.core.testing.langfuse_double.project_routes import PROJECT_ROUTES
from muster.core.testing.langfuse_double.prompt_routes import PROMPT_ROUTES
from muster.core.testing.langfuse_double.score_routes import SCORE_ROUTES
from muster.core.testing.langfuse_double.wire import Route

ROUTES: tuple[Route, ...] = (*PROJECT_ROUTES, *PROMPT_ROUTES, *INGEST_ROUTES, *OBSERVATION_ROUTES, *SCORE_ROUTES)
