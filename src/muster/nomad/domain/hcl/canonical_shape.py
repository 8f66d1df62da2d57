"""Completes a job's JSON by the schema: missing keys are added, unknown ones dropped."""

from collections.abc import Mapping

from pydantic import JsonValue

from muster.nomad.domain.hcl.schema import Field, job_schema

_Json = dict[str, JsonValue]


def complete(struct: str, given: Mapping[str, JsonValue]) -> _Json:
    """The object with every key of its struct; keys are matched without regard to case."""
    fields = {field.json_name.lower(): field for field in job_schema().structs[struct].fields.values()}
    result = job_schema().structs[struct].blank()
    for key, value in given.items():
        field = fields.get(key.lower())
        if field is not None and not (value is None and field.json_name not in result):
            result[field.json_name] = _value(field, value)
    return result


def _value(field: Field, value: JsonValue) -> JsonValue:
    if field.struct is None:
        return field.zero if value is None else value
    if isinstance(value, list):
        return [complete(field.struct, item) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and field.keyed:
        return {key: complete(field.struct, item) if isinstance(item, dict) else item for key, item in value.items()}
    return complete(field.struct, value) if isinstance(value, dict) else value
