"""A spec as HCL, laid out as `nomad fmt` does, or as the API's JSON. Pure; the same spec gives the same text."""

from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from muster.nomad.domain.hcl.document import BlockOut, Line, lay_out
from muster.nomad.domain.hcl.literals import is_identifier, json_text, list_text, map_text, quote, quote_plain
from muster.nomad.domain.hcl.normal import fill_job, regroup_job
from muster.nomad.domain.hcl.rows import Child, MapRow, Table
from muster.nomad.domain.hcl.spec_json import Json, part_to_json
from muster.nomad.domain.hcl.tables import JOB
from muster.nomad.domain.hcl.values import as_text, from_json
from muster.nomad.domain.spec import JobSpec, Variable
from muster.nomad.domain.values import Part, VarRef

Items = tuple[Line | BlockOut, ...]


def render_hcl(spec: JobSpec, *, explain: bool = False) -> str:
    """The job file of a spec; with `explain` each value that has a reason says it in a comment."""
    renderer = _Renderer(spec.reasons if explain else {})
    variables = [_variable(variable) for variable in spec.variables]
    return lay_out([*variables, renderer.block(JOB, "job", spec, "", "")])


def render_part(table: Table, kind: str, part: Part, indent: str = "") -> str:
    """One block of a job file, as `render_hcl` writes it, at that indent."""
    return lay_out([_Renderer({}).block(table, kind, part, "", indent)], indent)


def render_json(spec: JobSpec) -> Json:
    """The API's JSON job, as Nomad's parser makes it of `render_hcl`; a variable without default stays `${var.x}`."""
    defaults = {variable.name: variable.default for variable in spec.variables}

    def resolve(reference: VarRef) -> JsonValue:
        value = defaults.get(reference.var)
        plain = from_json(value)
        if value is None:
            return f"${{var.{reference.var}}}"
        return as_text(plain) if isinstance(plain, (bool, Decimal)) else value

    return fill_job(regroup_job(part_to_json(JOB, spec, resolve), spec.name, [], None))


def _variable(variable: Variable) -> BlockOut:
    lines = [Line("type", variable.type)]
    if variable.default is not None:
        lines.append(Line("default", json_text(variable.default)))
    if variable.description:
        lines.append(Line("description", quote_plain(variable.description)))
    missing = " ".join(variable.missing.split())
    return BlockOut("variable", (variable.name,), tuple(lines), above=(missing,) if missing else ())


class _Renderer:
    def __init__(self, reasons: dict[str, str]) -> None:
        self._reasons = reasons

    def _why(self, path: str) -> str:
        return " ".join(self._reasons.get(path, "").split())

    def block(self, table: Table, kind: str, part: Part, path: str, indent: str) -> BlockOut:
        """A part as a block; `path` is where its own reasons are found."""
        labels = (getattr(part, table.label),) if table.label else ()
        return BlockOut(kind, labels, self._items(table, part, path, indent + "  "), self._why(path))

    def _items(self, table: Table, part: Part, path: str, indent: str) -> Items:
        lines: list[Line] = []
        for row in table.rows:
            value = getattr(part, row.field)
            if isinstance(value, VarRef) or row.written(value):
                text = value.expression if isinstance(value, VarRef) else row.codec.to_hcl(value, indent)
                lines.append(Line(row.name, text, self._why(_join(path, row.name))))
        blocks: list[BlockOut] = []
        for entry in table.blocks:
            value = getattr(part, entry.field)
            if value is None or value == () or value == {}:
                continue
            if isinstance(entry, Child):
                blocks += self._children(entry, value, path, indent)
            elif entry.attribute and not all(map(is_identifier, value)):
                text = map_text(_expressions(value, entry), indent)
                lines.append(Line(entry.name, text, self._why(_join(path, entry.name))))
            else:
                blocks.append(self._map(entry, value, path))
        return (*lines, *blocks)

    def _children(self, entry: Child, value: Any, path: str, indent: str) -> list[BlockOut]:
        parts: tuple[Part, ...] = value if entry.many else (value,)
        return [self.block(entry.table, entry.name, part, _path(entry, part, path), indent) for part in parts]

    def _map(self, entry: MapRow, value: dict[str, Any], path: str) -> BlockOut:
        own = _join(path, entry.name)
        items = _expressions(value, entry).items()
        lines = tuple(Line(key, text, self._why(_join(own, key))) for key, text in items)
        return BlockOut(entry.name, (), lines, self._why(own))


def _expressions(value: dict[str, Any], entry: MapRow) -> dict[str, str]:
    def text(item: Any) -> str:
        if isinstance(item, VarRef):
            return item.expression
        return list_text(item, "") if entry.lists else quote(item)

    return {key: text(item) for key, item in value.items()}


def _path(entry: Child, part: Part, path: str) -> str:
    name = entry.table.label or entry.table.named_by
    own = _join(path, entry.name)
    return _join(own, getattr(part, name)) if name else own


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
