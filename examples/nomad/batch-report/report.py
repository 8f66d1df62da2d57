"""Adds up yesterday's orders and writes one line."""

import csv
import os
import sys
from pathlib import Path


def main() -> None:
    with Path(os.environ["ORDERS_FILE"]).open(newline="") as file:
        total = sum(float(row["total"]) for row in csv.DictReader(file))
    print(f"total {total:.2f}")


if __name__ == "__main__":
    sys.exit(main())
