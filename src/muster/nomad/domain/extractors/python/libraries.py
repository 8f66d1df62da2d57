"""The Python libraries that say something, by the names they are installed and imported under.

Names are normalised as packages are: lower case, dashes for underscores; imports keep their dots.
"""

import re

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

# Order matters where one stands for the unit: an application framework before the server that runs it.
FRAMEWORKS = (
    Framework("flask", ("flask", "flask-restful", "flask-restx", "connexion", "apiflask"), 5000),
    Framework("quart", ("quart",), 5000),
    Framework("django", ("django", "djangorestframework", "rest-framework"), 8000),
    Framework("fastapi", ("fastapi",), 8000),
    Framework("starlette", ("starlette",), 8000),
    Framework("litestar", ("litestar",), 8000),
    Framework("sanic", ("sanic",), 8000),
    Framework("falcon", ("falcon",), 8000),
    Framework("aiohttp", ("aiohttp.web",), 8080),
    Framework("tornado", ("tornado.web", "tornado.httpserver"), 8888),
    Framework("bottle", ("bottle",), 8080),
    Framework("cherrypy", ("cherrypy",), 8080),
    Framework("pyramid", ("pyramid",), 6543),
    Framework("robyn", ("robyn",), 8080),
    Framework("streamlit", ("streamlit",), 8501),
    Framework("gradio", ("gradio",), 7860),
    Framework("dash", ("dash",), 8050),
    Framework("nicegui", ("nicegui",), 8080),
    Framework("chainlit", ("chainlit",), 8000),
    Framework("panel", ("panel",), 5006),
    Framework("uvicorn", ("uvicorn",), 8000),
    Framework("gunicorn", ("gunicorn",), 8000),
    Framework("hypercorn", ("hypercorn",), 8000),
    Framework("granian", ("granian",), 8000),
    Framework("waitress", ("waitress",), 8080),
    Framework("http.server", ("http.server", "wsgiref.simple-server"), None),
    silent("slack", "slack-bolt", "slack-sdk.socket-mode"),
    silent("celery"),
    silent("rq"),
    silent("dramatiq"),
    silent("huey"),
    silent("arq"),
    silent("taskiq"),
    silent("procrastinate"),
    silent("faust", "faust", "faust-streaming"),
    silent("temporal", "temporalio"),
    silent("discord", "discord", "discord.py", "discord-py", "nextcord", "disnake", "py-cord", "interactions"),
    silent(
        "telegram", "telegram", "python-telegram-bot", "aiogram", "telebot", "pytelegrambotapi", "telethon", "pyrogram"
    ),
    silent("apscheduler"),
    silent("schedule"),
    silent("scrapy", job="batch"),
    silent("click", job=None),
    silent("typer", job=None),
    silent("prefect", "prefect"),
    silent("luigi", job="batch"),
    silent("dbt", "dbt-core", job="batch"),
)

SERVICES = {
    "postgres": "psycopg psycopg2 psycopg2-binary psycopg-binary asyncpg pg8000 aiopg postgresql pgvector",
    "mysql": "mysqlclient mysqldb pymysql aiomysql mysql mysql-connector mysql-connector-python asyncmy",
    "mssql": "pymssql pyodbc aioodbc",
    "oracle": "oracledb cx-oracle",
    "redis": "redis aioredis redis-om django-redis hiredis rq arq",
    "mongodb": "pymongo motor mongoengine beanie odmantic",
    "rabbitmq": "pika aio-pika amqp aioamqp rabbitmq",
    "kafka": "kafka kafka-python kafka-python-ng confluent-kafka aiokafka faust faust-streaming",
    "nats": "nats nats-py asyncio-nats-client",
    "mqtt": "paho paho-mqtt asyncio-mqtt aiomqtt gmqtt hbmqtt",
    "s3": "minio s3fs aioboto3",
    "aws": "boto3 aiobotocore botocore",
    "gcs": "google.cloud.storage google-cloud-storage gcsfs",
    "azure-blob": "azure.storage.blob azure-storage-blob",
    "elasticsearch": "elasticsearch elasticsearch-dsl",
    "opensearch": "opensearchpy opensearch-py",
    "qdrant": "qdrant-client",
    "weaviate": "weaviate weaviate-client",
    "milvus": "pymilvus",
    "chroma": "chromadb-client",
    "meilisearch": "meilisearch meilisearch-python-sdk",
    "typesense": "typesense",
    "solr": "pysolr",
    "memcached": "pymemcache pylibmc python-memcached memcache aiomcache bmemcached",
    "cassandra": "cassandra cassandra-driver scylla-driver",
    "clickhouse": "clickhouse-driver clickhouse-connect asynch",
    "influxdb": "influxdb influxdb-client influxdb3-python",
    "neo4j": "neo4j neomodel py2neo",
    "arangodb": "arango python-arango",
    "couchdb": "couchdb",
    "etcd": "etcd3",
    "consul": "consul python-consul python-consul2 py-consul",
    "vault": "hvac",
    "zookeeper": "kazoo",
    "ldap": "ldap3 python-ldap",
    "temporal": "temporalio",
    "ollama": "ollama",
}

COMPUTE = (
    "torch torchvision torchaudio tensorflow tensorflow-cpu tensorflow-gpu keras jax jaxlib transformers vllm "
    "diffusers sentence-transformers onnxruntime onnxruntime-gpu whisper openai-whisper faster-whisper llama-cpp "
    "llama-cpp-python xgboost lightgbm catboost ray pyspark cupy ffmpeg ffmpeg-python moviepy playwright pyppeteer "
    "easyocr paddleocr ultralytics"
)

PYTHON = Libraries(separator=".", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)

_DASHES = re.compile(r"[-_]+")


def normal_name(name: str) -> str:
    """A package or import name as the tables have it."""
    return _DASHES.sub("-", name.lower())
