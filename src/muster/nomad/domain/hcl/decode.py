"""Blocks to the API's JSON, driven by the schema, with the findings that Nomad's parser would have."""

from collections.abc import Iterable

from pydantic import JsonValue

from muster.nomad.domain.hcl.attributes import decode_attribute
from muster.nomad.domain.hcl.bodies import Content, LiveBlock, Shape, read_body, report_duplicate
from muster.nomad.domain.hcl.groups import GROUP_EXTRAS, NO_EXTRAS, TASK_EXTRAS, Extras, Json, finish_group, finish_task
from muster.nomad.domain.hcl.maps import decode_free_map, decode_typed_map
from muster.nomad.domain.hcl.nodes import Body
from muster.nomad.domain.hcl.placement import decode_affinity, decode_constraint
from muster.nomad.domain.hcl.schema import Field, Struct, job_schema
from muster.nomad.domain.hcl.scope import Scope


def decode_struct(name: str, body: Body, scope: Scope, extras: Extras = NO_EXTRAS) -> tuple[Json, Content]:
    """The JSON of one block, and its content for what the struct does not say."""
    struct = job_schema().structs[name]
    content = read_body(body, _shape(struct, body, extras), scope)
    result = struct.blank()
    for attribute in content.attributes.values():
        field = struct.fields[attribute.name]
        if field.is_block:
            result[field.json_name] = decode_attribute(attribute.value, "map[string]string", scope)
        else:
            result[field.json_name] = decode_attribute(attribute.value, field.type, scope, field.zero)
    for block_name in _in_order(content.blocks):
        field = struct.fields.get(block_name)
        if field is not None and block_name not in extras.blocks:
            result[field.json_name] = _decode_blocks(field, content, scope)
    return result, content


def _shape(struct: Struct, body: Body, extras: Extras) -> Shape:
    names = {name: _label_names(struct.fields[name]) for name in struct.blocks}
    allowed = tuple(name for name in extras.as_attribute if body.attribute(name))
    required = tuple(name for name in struct.attributes if struct.fields[name].kind == "required")
    return Shape((*struct.attributes, *allowed), {**names, **extras.blocks}, required)


def _label_names(field: Field) -> tuple[str, ...]:
    return job_schema().structs[field.struct].label_names if field.struct else ()


def _in_order(blocks: Iterable[LiveBlock]) -> list[str]:
    return list(dict.fromkeys(block.type for block in blocks))


def _decode_blocks(field: Field, content: Content, scope: Scope) -> JsonValue:
    blocks = content.of_type(field.name)
    if len(blocks) > 1 and not field.many:
        report_duplicate(blocks, field.name, scope)
        return None
    if field.name in content.attributes:
        return _twice(field.name, content, blocks[0], scope)
    if field.struct is None:
        decode = decode_free_map if field.type == "map[string]any" else decode_typed_map
        return decode(blocks[0].body, blocks[0].scope, field.type)
    decoded = [decode_block(field.struct, block) for block in blocks]
    if field.keyed:
        return {block.labels[0].text: item for block, item in zip(blocks, decoded, strict=True)}
    return [*decoded] if field.many else decoded[0]


def _twice(name: str, content: Content, block: LiveBlock, scope: Scope) -> JsonValue:
    place = f"{scope.source.filename}:{scope.source.place(content.attributes[name].span)}"
    detail = f"{name} may not be defined more than once. Another definition is defined at {place}."
    scope.report(block.header, f"Duplicate {name} block", detail)
    return None


def decode_block(struct: str, block: LiveBlock) -> Json:
    """The JSON of a block of that struct, its labels included."""
    match struct:
        case "Constraint":
            return decode_constraint(block.body, block.scope)
        case "Affinity":
            return decode_affinity(block.body, block.scope)
        case "Task":
            result = finish_task(*decode_struct(struct, block.body, block.scope, TASK_EXTRAS), decode_block)
        case "TaskGroup":
            result = finish_group(*decode_struct(struct, block.body, block.scope, GROUP_EXTRAS), decode_block)
        case _:
            result, _ = decode_struct(struct, block.body, block.scope)
    labels = zip(job_schema().structs[struct].labels, block.labels, strict=False)
    return {**result, **{field.json_name: label.text for field, label in labels}}
