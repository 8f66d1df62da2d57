"""Images that applications need beside themselves: databases, queues, caches, and the port that each one opens.

The ports are those that the official images declare (`EXPOSE` in their Dockerfiles).
"""

from muster.nomad.domain.values import Part


class BackingImage(Part):
    """An image known by its name without registry, owner and tag, and what it serves (a dependency's name)."""

    name: str
    port: int
    service: str = ""

    @property
    def serves(self) -> str:
        """The service that clients of it name as their dependency."""
        return self.service or self.name


BACKING_IMAGES: tuple[BackingImage, ...] = (
    BackingImage(name="postgres", port=5432),
    BackingImage(name="postgresql", port=5432, service="postgres"),
    BackingImage(name="postgis", port=5432, service="postgres"),
    BackingImage(name="pgvector", port=5432, service="postgres"),
    BackingImage(name="timescaledb", port=5432, service="postgres"),
    BackingImage(name="mysql", port=3306),
    BackingImage(name="mariadb", port=3306, service="mysql"),
    BackingImage(name="percona", port=3306, service="mysql"),
    BackingImage(name="mongo", port=27017, service="mongodb"),
    BackingImage(name="mongodb", port=27017),
    BackingImage(name="redis", port=6379),
    BackingImage(name="redis-stack-server", port=6379, service="redis"),
    BackingImage(name="redismod", port=6379, service="redis"),
    BackingImage(name="valkey", port=6379, service="redis"),
    BackingImage(name="memcached", port=11211),
    BackingImage(name="rabbitmq", port=5672),
    BackingImage(name="nats", port=4222),
    BackingImage(name="kafka", port=9092),
    BackingImage(name="cp-kafka", port=9092, service="kafka"),
    BackingImage(name="redpanda", port=9092, service="kafka"),
    BackingImage(name="zookeeper", port=2181),
    BackingImage(name="cp-zookeeper", port=2181, service="zookeeper"),
    BackingImage(name="elasticsearch", port=9200),
    BackingImage(name="opensearch", port=9200),
    BackingImage(name="clickhouse-server", port=8123, service="clickhouse"),
    BackingImage(name="influxdb", port=8086),
    BackingImage(name="minio", port=9000, service="s3"),
    BackingImage(name="qdrant", port=6333),
    BackingImage(name="couchdb", port=5984),
    BackingImage(name="neo4j", port=7687),
    BackingImage(name="cassandra", port=9042),
    BackingImage(name="etcd", port=2379),
    BackingImage(name="mailhog", port=1025, service="smtp"),
    BackingImage(name="mailpit", port=1025, service="smtp"),
)


def bare_name(image: str) -> str:
    """An image's name without registry, owner, tag and digest."""
    return image.split("@")[0].rsplit("/", 1)[-1].split(":")[0]


def backing_image(image: str) -> BackingImage | None:
    """What is known of an image: `docker.io/library/redis:7` is redis."""
    name = bare_name(image)
    return next((one for one in BACKING_IMAGES if one.name == name), None)
