"""A shop that greets. Its job is written by hand: shop.nomad.hcl."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Greet."""
    return os.environ.get("GREETING", "hi")


@app.get("/health")
def health() -> str:
    """Alive."""
    return "ok"
