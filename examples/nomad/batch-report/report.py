"""Adds up yesterday's orders and writes one line."""

import csv
import os
import sys


def main() -> None:
    path = os.environ["ORDERS_FILE"]
    with open(path, newline="") as file:
        total = sum(float(row["total"]) for row in csv.DictReader(file))
    print(f"total {total:.2f}")


if __name__ == "__main__":
    sys.exit(main())
