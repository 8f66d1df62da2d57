"""Posts scores with Langfuse's own client, which takes a second to load."""

import httpx
from langfuse.api import CreateScoreBatchResults, CreateScoreRequest, LangfuseAPI, ScoreDataType
from langfuse.api.core import ApiError
from pydantic import ValidationError

from muster.core.observability.scores import Score
from muster.core.observability.settings import TraceSettings
from muster.core.observability.shown_values import shown_message
from muster.core.observability.span_sending import ANSWER_S


def send_scores(settings: TraceSettings, trace_id: str, scores: tuple[Score, ...]) -> str:
    """Post the scores of a trace. The answer says what went wrong; empty when nothing did."""
    secret = settings.langfuse_secret_key
    wanted = [_request(one, trace_id) for one in scores]
    with httpx.Client(timeout=ANSWER_S, trust_env=False) as http:
        api = LangfuseAPI(
            base_url=settings.langfuse_base_url,
            username=settings.langfuse_public_key or "",
            password=secret.get_secret_value() if secret else "",
            httpx_client=http,
        )
        try:
            answer = api.scores.create(request=wanted, request_options={"max_retries": 0})
        except ApiError as error:  # its own text repeats headers and body
            return f"its scores were not taken: status {error.status_code}"
        except (httpx.HTTPError, ValidationError) as error:
            return f"its scores were not taken: {type(error).__name__}"
    if isinstance(answer, CreateScoreBatchResults):
        return f"{answer.rejected} of its {len(wanted)} scores were not taken"
    return ""


def _request(score: Score, trace_id: str) -> CreateScoreRequest:
    return CreateScoreRequest(
        id=score.id,
        trace_id=trace_id,
        name=score.name,
        value=score.value,
        data_type=ScoreDataType.BOOLEAN if score.name == "outcome" else ScoreDataType.NUMERIC,
        timestamp=score.at,
        comment=shown_message(score.comment) or None,
    )
