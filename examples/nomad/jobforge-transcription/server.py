"""Transcribes recordings from S3 with Whisper."""

import os

import boto3
import whisper
from fastapi import FastAPI

app = FastAPI()
bucket = boto3.resource("s3").Bucket(os.environ["S3_BUCKET"])
model = whisper.load_model(os.environ.get("WHISPER_MODEL", "small"))


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/transcripts/{key:path}")
def transcribe(key: str) -> dict[str, str]:
    bucket.download_file(key, "/tmp/recording")
    return {"text": str(model.transcribe("/tmp/recording")["text"])}
