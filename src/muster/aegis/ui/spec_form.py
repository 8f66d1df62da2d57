"""The spec as a form: each value with who says it, within its bounds."""

from collections.abc import Mapping, Sequence

import streamlit as st

from muster.aegis.domain.intent.settling import Origin, Settled
from muster.aegis.ui.plain import escaped
from muster.aegis.ui.spec_fields import FIRST, SpecField, changed, spec_fields
from muster.core.gates.questions import AnswerValue

_COLUMNS = 3


def edit_spec(settled: Settled) -> dict[str, AnswerValue]:
    """What a person changed and confirmed, by dotted path; mostly nothing."""
    fields = {one.path: one for one in spec_fields(settled.spec)}
    first, rest = [fields[path] for path in FIRST], [one for one in fields.values() if one.path not in FIRST]
    with st.form("spec"):
        given = _widgets(first, settled.origins)
        with st.expander("All other values"):
            given |= _widgets(rest, settled.origins)
        confirmed = st.form_submit_button("Change the spec")
    return changed(fields, given) if confirmed else {}


def _widgets(fields: Sequence[SpecField], origins: Mapping[str, Origin]) -> dict[str, AnswerValue]:
    given: dict[str, AnswerValue] = {}
    for start in range(0, len(fields), _COLUMNS):
        columns = st.columns(_COLUMNS)
        for column, field in zip(columns, fields[start : start + _COLUMNS], strict=False):
            with column:
                given[field.path] = _widget(field)
                st.caption(_said(origins.get(field.path)))
    return given


def _said(origin: Origin | None) -> str:
    if origin is None:
        return "not set"
    return escaped(f"{origin.says}: {origin.where or origin.reason}")


def _widget(field: SpecField) -> AnswerValue:
    label, value = escaped(field.path), field.value
    match field.kind:
        case "choice":
            return st.selectbox(label, field.choices, index=field.choices.index(str(value)))
        case "flag":
            return st.checkbox(label, value=bool(value))
        case "whole":
            low, high = _whole(field.low), _whole(field.high)
            return st.number_input(label, low, high, value=_whole(value), step=1)
        case "number":
            return st.number_input(label, field.low, field.high, value=_number(value), format="%g")
        case "text":
            return st.text_input(label, value="" if value is None else str(value), max_chars=2000)


def _whole(value: AnswerValue) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _number(value: AnswerValue) -> float | None:
    return float(value) if isinstance(value, int | float) else None
