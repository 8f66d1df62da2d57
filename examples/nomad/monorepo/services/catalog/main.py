"""The goods and their prices."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/items")
def items() -> list[dict[str, object]]:
    return [{"name": "pear", "price": 0.4}]
