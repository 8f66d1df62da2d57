"""The Rust crates that say something, by the names they are imported under (`-` is `_` there)."""

from collections.abc import Mapping

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

# Only Rocket, Loco and Leptos listen somewhere by themselves. `hyper`, `tonic` and `tiny_http` count only where code
# serves with them: most programs have them for their clients.
FRAMEWORKS = (
    Framework("rocket", ("rocket",), 8000),
    Framework("loco", ("loco_rs",), 5150),
    Framework("leptos", ("leptos_axum", "leptos_actix"), 3000),
    Framework("axum", ("axum", "axum_server")),
    Framework("actix-web", ("actix_web",)),
    Framework("warp", ("warp",)),
    Framework("poem", ("poem",)),
    Framework("salvo", ("salvo",)),
    Framework("tide", ("tide",)),
    Framework("ntex", ("ntex",)),
    Framework("gotham", ("gotham",)),
    Framework("iron", ("iron",)),
    Framework("rouille", ("rouille",)),
    Framework("viz", ("viz",)),
    Framework("dropshot", ("dropshot",)),
    Framework("pingora", ("pingora",)),
    Framework("hyper", ()),
    Framework("tonic", ()),
    Framework("tiny_http", ()),
    silent("serenity", "serenity", "poise"),
    silent("twilight", "twilight_gateway"),
    silent("teloxide", "teloxide", "frankenstein", "telegram_bot"),
    silent("matrix-sdk", "matrix_sdk"),
    silent("twitch-irc", "twitch_irc"),
    silent("apalis", "apalis"),
    silent("faktory", "faktory", "rusty_sidekiq", "fang"),
    silent("cron", "tokio_cron_scheduler", "clokwerk", "job_scheduler", "cronjob"),
    silent("lambda", "lambda_runtime", job=None),
    silent("clap", "clap", "structopt", "argh", "pico_args", job=None),
)

SERVICES = {
    "postgres": "tokio_postgres postgres deadpool_postgres bb8_postgres r2d2_postgres sqlx::postgres sqlx::PgPool "
    "diesel::pg pgvector",
    "mysql": "mysql mysql_async sqlx::mysql sqlx::MySqlPool diesel::mysql",
    "mssql": "tiberius",
    "oracle": "oracle sibyl",
    "redis": "redis fred deadpool_redis bb8_redis r2d2_redis redis_async rusty_sidekiq rustis",
    "mongodb": "mongodb",
    "rabbitmq": "lapin amqprs amiquip deadpool_lapin",
    "kafka": "rdkafka kafka rskafka",
    "nats": "async_nats nats",
    "mqtt": "rumqttc paho_mqtt mqtt_async_client ntex_mqtt",
    "pulsar": "pulsar",
    "s3": "aws_sdk_s3 s3 rusoto_s3 minio",
    "aws": "aws_sdk_sqs aws_sdk_sns aws_sdk_dynamodb aws_sdk_ses aws_sdk_sesv2 rusoto_core",
    "gcs": "google_cloud_storage cloud_storage",
    "azure-blob": "azure_storage_blobs azure_storage_blob",
    "elasticsearch": "elasticsearch elastic",
    "opensearch": "opensearch",
    "qdrant": "qdrant_client",
    "meilisearch": "meilisearch_sdk",
    "memcached": "memcache async_memcached",
    "cassandra": "scylla cdrs cdrs_tokio",
    "clickhouse": "clickhouse clickhouse_rs klickhouse",
    "influxdb": "influxdb influxdb2 influxdb_client",
    "neo4j": "neo4rs",
    "surrealdb": "surrealdb",
    "arangodb": "arangors",
    "etcd": "etcd_client",
    "consul": "consulrs rs_consul",
    "vault": "vaultrs",
    "zookeeper": "zookeeper zookeeper_client",
    "ldap": "ldap3",
    "smtp": "lettre",
    "docker": "bollard shiplift",
    "ollama": "ollama_rs",
    "temporal": "temporal_sdk",
}

COMPUTE = (
    "tch candle_core candle_nn candle_transformers burn ort tract_onnx llama_cpp_2 cudarc polars datafusion "
    "headless_chrome chromiumoxide ffmpeg_next"
)

RUST = Libraries(separator="::", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)

FEATURED = frozenset({"sqlx", "diesel", "diesel_async", "sea_orm", "sea_orm_migration", "object_store", "opendal"})
"""Crates that talk to several services: their features say to which."""

FEATURES: Mapping[str, str] = {
    "postgres": "postgres",
    "sqlx-postgres": "postgres",
    "mysql": "mysql",
    "sqlx-mysql": "mysql",
    "mssql": "mssql",
    "aws": "s3",
    "services-s3": "s3",
    "gcp": "gcs",
    "services-gcs": "gcs",
    "services-redis": "redis",
}
