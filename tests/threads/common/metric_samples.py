"""What /metrics says, as a dictionary."""

from prometheus_client.parser import text_string_to_metric_families


def samples(text: bytes | str) -> dict[str, float]:
    """By `name{label="value"}`, the labels in order of their names."""
    said = text.decode() if isinstance(text, bytes) else text
    found = [one for family in text_string_to_metric_families(said) for one in family.samples]
    return {_key(one.name, one.labels): one.value for one in found}


def _key(name: str, labels: dict[str, str]) -> str:
    return f"{name}{{{','.join(f'{key}={labels[key]}' for key in sorted(labels))}}}"
