"""What a value of a spec may not be, in our words: pydantic speaks of parsing and of inputs."""

from pydantic_core import ErrorDetails

_WORDS = {
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "tuple_type": "must be a list",
    "dict_type": "must be a table of keys and values",
    "model_type": "must be a table of keys and values",
}
_LEADS = ("Value error, ", "Input should", "String should", "Tuple should", "List should", "Dictionary should")


def told_plainly(one: ErrorDetails) -> str:
    """`must be less than or equal to 1`, `must be a whole number`; of our own refusals their words."""
    message = _WORDS.get(one["type"], one["msg"])
    lead = next((lead for lead in _LEADS if message.startswith(lead)), "")
    rest = message.removeprefix(lead)
    return f"must{rest}" if lead.endswith("should") else rest
