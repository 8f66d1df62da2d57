"""The Go modules that say something, by the paths they are imported under."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

_GITHUB = "github.com/"


def _hub(*paths: str) -> tuple[str, ...]:
    return tuple(_GITHUB + path for path in paths)


# `net/http` counts only where code serves with it: most programs import it for its client.
FRAMEWORKS = (
    Framework("gin", _hub("gin-gonic/gin"), 8080),
    Framework("echo", _hub("labstack/echo"), 1323),
    Framework("fiber", _hub("gofiber/fiber"), 3000),
    Framework("beego", _hub("beego/beego", "astaxie/beego"), 8080),
    Framework("iris", _hub("kataras/iris"), 8080),
    Framework("buffalo", _hub("gobuffalo/buffalo"), 3000),
    Framework("hertz", _hub("cloudwego/hertz"), 8888),
    Framework("go-zero", _hub("zeromicro/go-zero"), 8888),
    Framework("kratos", _hub("go-kratos/kratos"), 8000),
    Framework("chi", _hub("go-chi/chi"), None),
    Framework("gorilla", _hub("gorilla/mux"), None),
    Framework("httprouter", _hub("julienschmidt/httprouter"), None),
    Framework("bunrouter", _hub("uptrace/bunrouter"), None),
    Framework("fasthttp", _hub("fasthttp/router"), None),
    Framework("pocketbase", _hub("pocketbase/pocketbase"), 8090),
    Framework("net/http", (), None),
    Framework("grpc", (), None),
    silent("asynq", *_hub("hibiken/asynq")),
    silent("machinery", *_hub("RichardKnop/machinery")),
    silent("river", *_hub("riverqueue/river")),
    silent("temporal", "go.temporal.io/sdk/worker"),
    silent("discordgo", *_hub("bwmarrin/discordgo", "disgoorg/disgo", "diamondburned/arikawa")),
    silent("telegram", *_hub("go-telegram-bot-api/telegram-bot-api", "go-telegram/bot"), "gopkg.in/telebot.v3"),
    silent("slack", *_hub("slack-go/slack/socketmode")),
    silent("cron", *_hub("robfig/cron", "go-co-op/gocron", "jasonlvhit/gocron")),
    silent("cobra", *_hub("spf13/cobra"), job=None),
    silent("cli", *_hub("urfave/cli", "alecthomas/kong", "alecthomas/kingpin", "jessevdk/go-flags"), job=None),
)

_SERVICES = {
    "postgres": "lib/pq jackc/pgx jackc/pgconn go-pg/pg uptrace/bun/dialect/pgdialect go-gorm/postgres",
    "mysql": "go-sql-driver/mysql go-mysql-org/go-mysql",
    "mssql": "denisenkom/go-mssqldb microsoft/go-mssqldb",
    "oracle": "godror/godror sijms/go-ora",
    "redis": "redis/go-redis go-redis/redis gomodule/redigo redis/rueidis hibiken/asynq valkey-io/valkey-go",
    "mongodb": "mongodb/mongo-go-driver qiniu/qmgo",
    "rabbitmq": "rabbitmq/amqp091-go streadway/amqp wagslane/go-rabbitmq",
    "kafka": "segmentio/kafka-go Shopify/sarama IBM/sarama confluentinc/confluent-kafka-go twmb/franz-go lovoo/goka",
    "nats": "nats-io/nats.go nats-io/stan.go",
    "mqtt": "eclipse/paho.mqtt.golang eclipse/paho.golang",
    "s3": "minio/minio-go aws/aws-sdk-go-v2/service/s3 aws/aws-sdk-go/service/s3",
    "aws": "aws/aws-sdk-go aws/aws-sdk-go-v2",
    "azure-blob": "Azure/azure-sdk-for-go/sdk/storage/azblob",
    "elasticsearch": "elastic/go-elasticsearch olivere/elastic",
    "opensearch": "opensearch-project/opensearch-go",
    "qdrant": "qdrant/go-client",
    "weaviate": "weaviate/weaviate-go-client",
    "milvus": "milvus-io/milvus-sdk-go",
    "meilisearch": "meilisearch/meilisearch-go",
    "memcached": "bradfitz/gomemcache",
    "cassandra": "gocql/gocql",
    "clickhouse": "ClickHouse/clickhouse-go ClickHouse/ch-go",
    "influxdb": "influxdata/influxdb-client-go influxdata/influxdb1-client InfluxCommunity/influxdb3-go",
    "neo4j": "neo4j/neo4j-go-driver",
    "couchdb": "go-kivik/kivik",
    "consul": "hashicorp/consul/api",
    "vault": "hashicorp/vault/api hashicorp/vault-client-go",
    "nomad": "hashicorp/nomad/api",
    "docker": "docker/docker/client moby/moby/client fsouza/go-dockerclient",
    "zookeeper": "go-zookeeper/zk samuel/go-zookeeper",
    "ldap": "go-ldap/ldap",
    "ollama": "ollama/ollama/api",
}
SERVICES = {service: " ".join(_hub(*paths.split())) for service, paths in _SERVICES.items()} | {
    "gcs": "cloud.google.com/go/storage",
    "etcd": "go.etcd.io/etcd/client",
    "temporal": "go.temporal.io/sdk",
    "mongodb": " ".join(("go.mongodb.org/mongo-driver", *_hub(*_SERVICES["mongodb"].split()))),
    "postgres": " ".join(("gorm.io/driver/postgres", *_hub(*_SERVICES["postgres"].split()))),
    "mysql": " ".join(("gorm.io/driver/mysql", *_hub(*_SERVICES["mysql"].split()))),
}

COMPUTE = " ".join(_hub("u2takey/ffmpeg-go", "chromedp/chromedp", "go-rod/rod", "playwright-community/playwright-go"))

GO = Libraries(separator="/", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
