"""From a model's words to a value of the schema, or to what is wrong with them. The words are untrusted."""

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError
from pydantic_core import from_json

from muster.core.llm.ports import AnswerT
from muster.core.llm.talk import Reply
from muster.core.redaction import redact

_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)
_SHOWN = 5  # problems that are told at once


def read_answer(reply: Reply, schema: type[AnswerT]) -> AnswerT | str:
    """The answer, with no secret in it; or in one sentence what is wrong, for the model to read."""
    if reply.outcome == "cut off":
        return "it was too long and was cut off before its end"
    body = _json_part(reply.text)
    if not body:
        return "there is no JSON object in it" if reply.text.strip() else "it is empty"
    try:
        return schema.model_validate_json(_JSON.dump_json(_redacted(from_json(body))))
    except ValidationError as error:
        return _problems(error)
    except ValueError as error:
        return f"it is no JSON: {error}"


def schema_of(schema: type[BaseModel]) -> dict[str, JsonValue]:
    """The schema that the answer is to fit."""
    return schema.model_json_schema()


def _json_part(text: str) -> str:
    """What lies between the first and the last brace, after what a model thinks aloud: fences and talk fall away."""
    said = text.rpartition("</think>")[2]
    start, end = said.find("{"), said.rfind("}")
    return said[start : end + 1] if 0 <= start < end else ""


def _redacted(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return redact(value)
        case list():
            return [_redacted(item) for item in value]
        case dict():
            return {key: _redacted(item) for key, item in value.items()}
        case _:
            return value


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}" for one in found[:_SHOWN]]
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return redact("; ".join(lines) + more)
