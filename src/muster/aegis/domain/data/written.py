"""The converted rows on disk."""

from muster.aegis.domain.values import Part


class Written(Part):
    """Files of canonical rows, one JSON object a line."""

    train: str
    eval: str
    train_rows: int
    """Of the data: planted ones not counted."""
    eval_rows: int
    canaries: str = ""
    """A JSON file of what was planted behind them, for the evaluation; empty: nothing was."""
    planted: int = 0
    """Rows with made-up secrets."""

    @property
    def told(self) -> str:
        """The counts in words."""
        told = f"{self.train_rows} rows to train on, {self.eval_rows} held out"
        return f"{told}; {planted_told(self.planted)}" if self.planted else told


def planted_told(rows: int) -> str:
    """What is planted, why, and how to do without."""
    many = "row with a made-up secret is" if rows == 1 else "rows with made-up secrets are"
    return f"{rows} {many} added to the training to see what is learnt by heart (evaluation.canaries: 0 adds none)"
