"""A small web API: counts visits in memory and says whether it is well."""

import os

from flask import Flask, jsonify

app = Flask(__name__)
GREETING = os.environ.get("GREETING", "hello")
VISITS = {"count": 0}


@app.get("/")
def index():
    VISITS["count"] += 1
    return jsonify(message=GREETING, visits=VISITS["count"])


@app.get("/health")
def health():
    return jsonify(status="ok")


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
