"""Answers questions about pictures with a model on the GPU."""

import os

import torch
import uvicorn
from fastapi import FastAPI

app = FastAPI()
MODEL_DIR = os.environ.get("MODEL_DIR", "/models")
device = torch.device("cuda")


@app.get("/health")
def health() -> dict[str, bool]:
    return {"cuda": torch.cuda.is_available()}


if __name__ == "__main__":
    uvicorn.run(app, host="0.0.0.0", port=8000)
