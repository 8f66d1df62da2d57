"""The Elixir packages that say something, by their names in a mix.exs."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

# Order matters where one stands for the unit: what contains others comes first.
FRAMEWORKS = (
    Framework("phoenix", ("phoenix",), 4000),
    Framework("plug", ("plug_cowboy", "bandit"), 4000),
    Framework("grpc", ("grpc", "grpc_server"), None),
    Framework("absinthe", ("absinthe_plug",), None),
    Framework("raxx", ("raxx", "ace"), 8080),
    silent("oban"),
    silent("exq"),
    silent("broadway"),
    silent("gen_stage"),
    silent("quantum"),
    silent("nostrum"),
    silent("telegram", "ex_gram", "nadia", "telegex"),
    silent("slack", "slack", "slack_elixir"),
)

SERVICES = {
    "postgres": "postgrex ecto_psql_extras",
    "mysql": "myxql mariaex",
    "mssql": "tds",
    "redis": "redix exq nebulex_redis_adapter phoenix_pubsub_redis hammer_backend_redis",
    "mongodb": "mongodb_driver mongodb mongodb_ecto",
    "rabbitmq": "amqp broadway_rabbitmq gen_rmq",
    "kafka": "kafka_ex brod broadway_kafka kaffe elsa",
    "nats": "gnat",
    "mqtt": "tortoise tortoise311 emqtt",
    "s3": "ex_aws_s3 waffle_s3",
    "aws": "ex_aws ex_aws_sqs broadway_sqs ex_aws_dynamo ex_aws_sns aws",
    "gcs": "google_api_storage waffle_gcs",
    "elasticsearch": "elasticsearch elastix snap",
    "meilisearch": "meilisearch meilisearch_ex",
    "typesense": "ex_typesense",
    "memcached": "memcachex mcd",
    "cassandra": "xandra",
    "clickhouse": "ch ecto_ch clickhousex plausible_ch",
    "influxdb": "instream",
    "neo4j": "bolt_sips boltx",
    "vault": "vaultex libvault",
    "consul": "consul ex_consul",
    "ldap": "exldap paddle",
    "smtp": "gen_smtp bamboo_smtp",
    "ollama": "ollama",
}

COMPUTE = "exla torchx bumblebee ffmpex evision wallaby chromic_pdf"

ELIXIR = Libraries(separator="/", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
