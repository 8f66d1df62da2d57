"""Images that applications need beside themselves: databases, queues, caches, and the port that each one opens.

The ports are those that the official images declare (`EXPOSE` in their Dockerfiles).
"""

from muster.nomad.domain.values import Part


class BackingImage(Part):
    """An image known by its name without registry, owner and tag. `http` where its port speaks HTTP."""

    name: str
    port: int
    http: bool = False


BACKING_IMAGES: tuple[BackingImage, ...] = (
    BackingImage(name="postgres", port=5432),
    BackingImage(name="postgresql", port=5432),
    BackingImage(name="postgis", port=5432),
    BackingImage(name="pgvector", port=5432),
    BackingImage(name="timescaledb", port=5432),
    BackingImage(name="mysql", port=3306),
    BackingImage(name="mariadb", port=3306),
    BackingImage(name="percona", port=3306),
    BackingImage(name="mongo", port=27017),
    BackingImage(name="mongodb", port=27017),
    BackingImage(name="redis", port=6379),
    BackingImage(name="redis-stack-server", port=6379),
    BackingImage(name="valkey", port=6379),
    BackingImage(name="memcached", port=11211),
    BackingImage(name="rabbitmq", port=5672),
    BackingImage(name="nats", port=4222),
    BackingImage(name="kafka", port=9092),
    BackingImage(name="cp-kafka", port=9092),
    BackingImage(name="zookeeper", port=2181),
    BackingImage(name="cp-zookeeper", port=2181),
    BackingImage(name="elasticsearch", port=9200, http=True),
    BackingImage(name="opensearch", port=9200, http=True),
    BackingImage(name="clickhouse-server", port=8123, http=True),
    BackingImage(name="influxdb", port=8086, http=True),
    BackingImage(name="minio", port=9000, http=True),
    BackingImage(name="qdrant", port=6333, http=True),
    BackingImage(name="couchdb", port=5984, http=True),
    BackingImage(name="neo4j", port=7687),
    BackingImage(name="cassandra", port=9042),
    BackingImage(name="etcd", port=2379),
    BackingImage(name="mailhog", port=1025),
    BackingImage(name="mailpit", port=1025),
)


def bare_name(image: str) -> str:
    """An image's name without registry, owner, tag and digest."""
    return image.split("@")[0].rsplit("/", 1)[-1].split(":")[0]


def backing_image(image: str) -> BackingImage | None:
    """What is known of an image: `docker.io/library/redis:7` is redis."""
    name = bare_name(image)
    return next((one for one in BACKING_IMAGES if one.name == name), None)
