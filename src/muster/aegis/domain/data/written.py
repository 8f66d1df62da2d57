"""The converted rows on disk."""

from muster.aegis.domain.values import Part


class Written(Part):
    """Files of canonical rows, one JSON object a line."""

    train: str
    eval: str
    train_rows: int
    eval_rows: int
