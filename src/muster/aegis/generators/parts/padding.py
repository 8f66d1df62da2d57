"""Rows of different lengths become one batch, padded on the right."""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

from typing import Any

import torch


class Padded:
    """Collates `{"input_ids", "labels"}`. Padding is masked by position, so that a pad token that is also the end of
    a text is learnt where it ends one."""

    def __init__(self, pad_id: int) -> None:
        self._pad_id = pad_id

    def __call__(self, rows: list[dict[str, list[int]]]) -> dict[str, Any]:
        """Tensors of shape (rows, longest row)."""
        longest = max(len(row["input_ids"]) for row in rows)
        return {
            "input_ids": self._filled([row["input_ids"] for row in rows], self._pad_id, longest),
            "labels": self._filled([row["labels"] for row in rows], -100, longest),
            "attention_mask": self._filled([[1] * len(row["input_ids"]) for row in rows], 0, longest),
        }

    @staticmethod
    def _filled(rows: list[list[int]], filler: int, longest: int) -> Any:
        return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])
