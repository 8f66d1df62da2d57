"""A part of the spec to the API's JSON and back, by its table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import JsonValue, ValidationError

from muster.core.errors import SourceError
from muster.nomad.domain.hcl.normal import objects
from muster.nomad.domain.hcl.rows import Child, MapRow, Row, Table
from muster.nomad.domain.hcl.schema import job_schema
from muster.nomad.domain.values import Part, VarRef

Json = dict[str, JsonValue]
Resolve = Callable[[VarRef], JsonValue]

_DOCKER = ("docker", "docker mount")
"""A driver's config is no struct of the schema: its JSON has the names of the file."""


def part_to_json(table: Table, part: Part, resolve: Resolve) -> Json:
    """The JSON of a part, as Nomad's parser would make it of the rendered block."""
    result: Json = {} if table.struct in _DOCKER else job_schema().structs[table.struct].blank()
    for row in table.rows:
        value = getattr(part, row.field)
        if isinstance(value, VarRef):
            result[_name(table, row.name)] = resolve(value)
        elif row.implied or row.written(value):
            result[_name(table, row.name)] = row.codec.to_json(value)
    for entry in table.blocks:
        value = getattr(part, entry.field)
        if value is not None and value != () and value != {}:
            result[_name(table, entry.name)] = _nested(table, entry, value, resolve)
    if table.label:
        result[_label(table)] = getattr(part, table.label)
    return result


def _name(table: Table, name: str) -> str:
    return name if table.struct in _DOCKER else job_schema().structs[table.struct].fields[name].json_name


def _label(table: Table) -> str:
    labels = job_schema().structs[table.struct].labels
    return labels[0].json_name if labels else "ID"


def _nested(table: Table, entry: Child | MapRow, value: Any, resolve: Resolve) -> JsonValue:
    if isinstance(entry, MapRow):
        plain: Json = {key: _entry(item, resolve) for key, item in value.items()}
        return [plain] if table.struct in _DOCKER else plain
    parts = value if entry.many else (value,)
    nested = [part_to_json(entry.table, part, resolve) for part in parts]
    if table.struct in _DOCKER:
        return [*nested]
    field = job_schema().structs[table.struct].fields[entry.name]
    if field.keyed:
        return {str(item[_label(entry.table)]): item for item in nested}
    return [*nested] if field.many else nested[0]


def _entry(item: Any, resolve: Resolve) -> JsonValue:
    if isinstance(item, VarRef):
        return resolve(item)
    return [*item] if isinstance(item, tuple) else item


def part_from_json(table: Table, given: Mapping[str, JsonValue], *, lenient: bool = False) -> Part:
    """The part that a JSON object says; what is not set takes Nomad's meaning.

    Raises SourceError for a value of another type, pydantic's ValidationError for what the model refuses; `lenient`
    leaves out what it can, and raises ValidationError only where a part can't be without it.
    """
    values: dict[str, Any] = {}
    for row in table.rows:
        value = given.get(_name(table, row.name))
        if not _unset(table, row.name, value):
            values |= _decoded_row(table, row, value, lenient)
        elif row.unset is not None:
            values[row.field] = row.unset
        if row.field in values and values[row.field] in row.omit:
            del values[row.field]
    for entry in table.blocks:
        found = _parts(table, entry, given.get(_name(table, entry.name)), lenient)
        if found is not None:
            values[entry.field] = found
    if table.label:
        values[table.label] = given.get(_label(table))
    return _held(table, values) if lenient else table.part(**values)


def _held(table: Table, values: dict[str, Any]) -> Part:
    try:
        return table.part(**values)
    except ValidationError as error:
        refused = {item["loc"][0] for item in error.errors() if item["loc"]}
        return table.part(**{field: value for field, value in values.items() if field not in refused})


def _decoded_row(table: Table, row: Row, value: JsonValue, lenient: bool) -> dict[str, Any]:
    try:
        return {row.field: _decoded(table, row, value)}
    except SourceError:
        if lenient:
            return {}
        raise


def _decoded(table: Table, row: Row, value: JsonValue) -> Any:
    try:
        return row.codec.from_json(value)
    except (TypeError, ValueError) as error:
        where = f"{table.part.__name__}.{row.field}"
        raise SourceError(f"The job can't be read as a spec: {where} has a value of another type.") from error


def _unset(table: Table, name: str, value: JsonValue) -> bool:
    if table.struct in _DOCKER:
        return value is None
    zero = job_schema().structs[table.struct].fields[name].zero
    return value is None or value == "" or (zero is not None and value == zero)


def _parts(table: Table, entry: Child | MapRow, value: JsonValue, lenient: bool) -> Any:
    if isinstance(entry, MapRow):
        return _map(value)
    if isinstance(value, dict) and _is_keyed(table, entry):
        value = [*value.values()]
    if value is None and entry.assumed:
        value = {}
    found = [*_children(entry.table, value if isinstance(value, list) else [value], lenient)]
    if entry.many:
        return tuple(found)
    return found[0] if found else None


def _children(table: Table, values: list[JsonValue], lenient: bool) -> Iterator[Part]:
    for item in objects(values):
        try:
            yield part_from_json(table, item, lenient=lenient)
        except ValidationError:
            if not lenient:
                raise


def _is_keyed(table: Table, entry: Child) -> bool:
    return table.struct not in _DOCKER and job_schema().structs[table.struct].fields[entry.name].keyed


def _map(value: JsonValue) -> Any:
    merged: dict[str, Any] = {}
    for item in objects(value if isinstance(value, list) else [value]):
        merged |= {key: tuple(each) if isinstance(each, list) else each for key, each in item.items()}
    return merged or None
