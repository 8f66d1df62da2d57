"""The vendors' libraries, behind one function. Importing this takes seconds: it is done when a model is first asked.

Streams, so that a proxy between sees that something goes on, and so that no answer grows without bound. The answer's
schema goes around langchain, which would otherwise drop the token counts of a stream and raise at its end (1.7.3).
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property
from typing import Any, cast

import anthropic
import httpx2
import openai
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.tools import StructuredTool
from langchain_openai import ChatOpenAI
from langsmith import tracing_context  # pyright: ignore[reportUnknownVariableType]
from pydantic import PrivateAttr, SecretStr

from muster.core.llm.heard_calls import HeardCalls
from muster.core.llm.talk import Endpoint, Reply, Request, ToolForm, Trouble
from muster.core.llm.troubles import (
    Answered,
    cut_short,
    no_answer,
    refused_with,
    timed_out,
    too_long,
    transport_trouble,
)

_CONNECT_S = 10.0
# What langchain and the SDKs stumble over when an answer has not the form that they expect.
_NONSENSE = (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError)
_ENDS: dict[str, Answered] = {
    "stop": "answered",
    "end_turn": "answered",
    "stop_sequence": "answered",
    "length": "cut off",
    "max_tokens": "cut off",
    "model_context_window_exceeded": "cut off",
    "content_filter": "declined",
    "refusal": "declined",
}
_CHARS_PER_TOKEN = 100  # more than any tokenizer packs into one, on average


async def converse(endpoint: Endpoint, request: Request, timeout_s: float) -> Reply | Trouble:
    """Ask, and read the whole answer, in so many seconds at most. All trouble is a value."""
    heard = _Heard()
    try:
        # LangSmith's variables must not send our prompts anywhere: settings alone read the environment.
        with tracing_context(enabled=False):
            async with asyncio.timeout(timeout_s), _chat(endpoint, request) as chat, _chunks(chat, request) as chunks:
                async for chunk in chunks:
                    heard.add(chunk)
                    if heard.length > request.max_tokens * _CHARS_PER_TOKEN:
                        return too_long(endpoint)
    except TimeoutError:
        return timed_out(endpoint, timeout_s)
    except (openai.APIStatusError, anthropic.APIStatusError) as error:
        return refused_with(endpoint, error.status_code, str(error), error.response.headers)
    except (openai.APIConnectionError, anthropic.APIConnectionError, httpx2.HTTPError) as error:
        return transport_trouble(endpoint, error)
    except (openai.OpenAIError, anthropic.AnthropicError, *_NONSENSE) as error:
        return no_answer(endpoint, error)
    return heard.reply(endpoint)


def _chunks(chat: BaseChatModel, request: Request) -> aclosing[AsyncGenerator[AIMessageChunk]]:
    bound = chat.bind_tools([_tool(one) for one in request.tools]) if request.tools else chat
    return aclosing(cast(AsyncGenerator[AIMessageChunk], bound.astream(cast(Any, list(request.messages)))))


def _tool(form: ToolForm) -> StructuredTool:
    """The tool as langchain knows one: it writes each vendor's form. It is not called from there."""
    return StructuredTool(name=form.name, description=form.description, args_schema=dict(form.parameters))


class _Heard:
    """Puts an answer together from its chunks."""

    def __init__(self) -> None:
        self.length = 0
        self._texts: list[str] = []
        self._end = ""
        self._refusal = ""
        self._tokens: dict[str, int] = {}
        self._calls = HeardCalls()

    def add(self, chunk: AIMessageChunk) -> None:
        self.length += len(chunk.text)
        self._texts.append(str(chunk.text))
        for part in chunk.tool_call_chunks:
            self.length += len(part["args"] or "")
            self._calls.add(part["index"], part["id"], part["name"], part["args"])
        told = chunk.response_metadata
        self._end = told.get("finish_reason") or told.get("stop_reason") or self._end
        self._refusal += str(chunk.additional_kwargs.get("refusal") or "")
        used = chunk.usage_metadata
        if used:
            cached = used.get("input_token_details", {}).get("cache_read") or 0
            for kind, count in (("in", used["input_tokens"]), ("out", used["output_tokens"]), ("cached", cached)):
                self._tokens[kind] = self._tokens.get(kind, 0) + count

    def reply(self, endpoint: Endpoint) -> Reply | Trouble:
        """The whole. A stream that stops without saying why was cut."""
        if not self._end:
            return cut_short(endpoint)
        return Reply(
            text=self._refusal or "".join(self._texts),
            outcome="declined" if self._refusal else _ENDS.get(self._end, "answered"),
            # No prompt is empty: who counts none of its tokens did not count.
            input_tokens=self._tokens.get("in") or None,
            cached_tokens=self._tokens.get("cached"),
            output_tokens=self._tokens.get("out") if self._tokens.get("in") else None,
            calls=self._calls.all(),
        )


@asynccontextmanager
async def _chat(endpoint: Endpoint, request: Request) -> AsyncGenerator[BaseChatModel]:
    """The model as langchain sees it, for one request: a connection can't outlive the event loop of its thread."""
    timeout = httpx2.Timeout(None, connect=_CONNECT_S)  # the whole has its own
    async with httpx2.AsyncClient(trust_env=False, timeout=timeout, headers=dict(endpoint.headers)) as http:
        claude = endpoint.name.provider == "anthropic"
        yield _claude(endpoint, request, http) if claude else _openai(endpoint, request, http)


def _openai(endpoint: Endpoint, request: Request, http: httpx2.AsyncClient) -> BaseChatModel:
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": request.schema}}
    return _RefusingOpenAI(
        model=endpoint.name.model,
        base_url=endpoint.base_url,
        api_key=endpoint.key or SecretStr("none"),
        temperature=request.temperature,
        max_completion_tokens=request.max_tokens,
        extra_body={"response_format": form} if request.schema is not None else None,
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
        http_async_client=http,
        http_client=httpx2.Client(trust_env=False),
    )


def _claude(endpoint: Endpoint, request: Request, http: httpx2.AsyncClient) -> BaseChatModel:
    form = {"type": "json_schema", "json_schema": {"schema": request.schema}}
    chat = _OwnClientAnthropic(
        model_name=endpoint.name.model,
        base_url=endpoint.base_url,
        api_key=endpoint.key or SecretStr("none"),
        temperature=request.temperature,
        max_tokens_to_sample=request.max_tokens,
        model_kwargs={"response_format": form} if request.schema is not None else {},
        max_retries=0,
        timeout=None,
        stop=None,
    )
    return chat.using(http)


class _RefusingOpenAI(ChatOpenAI):
    """Keeps a stream's refusals, which langchain drops (1.7.3)."""

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        choices = cast(list[dict[str, Any]], chunk.get("choices") or [])
        deltas: list[dict[str, Any]] = [choice.get("delta") or {} for choice in choices]
        if made and (refusal := "".join(delta.get("refusal") or "" for delta in deltas)):
            made.message.additional_kwargs["refusal"] = refusal
        return made


class _OwnClientAnthropic(ChatAnthropic):
    """Takes its HTTP client from us; langchain's own is kept between event loops, and reads proxy variables."""

    _http: httpx2.AsyncClient | None = PrivateAttr(default=None)

    def using(self, http: httpx2.AsyncClient) -> BaseChatModel:
        """Set the client."""
        self._http = http
        return self

    @cached_property
    def _async_client(self) -> anthropic.AsyncClient:  # pyright: ignore[reportIncompatibleVariableOverride]
        how: dict[str, Any] = {**self._client_params, "timeout": None, "open_telemetry": False}
        return anthropic.AsyncClient(**how, http_client=self._http)
