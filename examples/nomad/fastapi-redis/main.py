"""A counter behind an API, kept in Redis."""

import os

import redis
from fastapi import FastAPI

app = FastAPI()
store = redis.Redis.from_url(os.environ["REDIS_URL"])


@app.get("/health")
def health() -> dict[str, bool]:
    return {"redis": bool(store.ping())}


@app.post("/count/{name}")
def count(name: str) -> dict[str, int]:
    return {name: int(store.incr(name))}
