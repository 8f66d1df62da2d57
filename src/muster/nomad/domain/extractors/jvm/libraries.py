"""The libraries of Java and Kotlin that say something, by group and artifact as Maven and Gradle name them."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

_BOOT = "org.springframework.boot:spring-boot-starter"
_WEB_STARTERS = "web webflux webmvc jersey jetty tomcat undertow reactor-netty data-rest hateoas web-services websocket"
SPRING_WEB = (
    *(f"{_BOOT}-{name}" for name in _WEB_STARTERS.split()),
    "org.springframework.cloud:spring-cloud-starter-gateway",
    "org.springframework.cloud:spring-cloud-starter-gateway-server-webflux",
    "org.springframework.cloud:spring-cloud-starter-gateway-server-webmvc",
    "org.springframework.cloud:spring-cloud-config-server",
    "org.springframework.cloud:spring-cloud-starter-netflix-eureka-server",
    "de.codecentric:spring-boot-admin-starter-server",
    "com.vaadin:vaadin-spring-boot-starter",
    "org.springdoc:springdoc-openapi-starter-webmvc-ui",
)  # fmt: skip
"""What makes a Spring Boot application serve HTTP."""

FRAMEWORKS = (
    Framework("spring", SPRING_WEB, 8080),
    Framework("quarkus", ("io.quarkus:quarkus-vertx-http", "io.quarkus:quarkus-rest", "io.quarkus:quarkus-rest-jackson",
        "io.quarkus:quarkus-resteasy", "io.quarkus:quarkus-resteasy-jackson", "io.quarkus:quarkus-resteasy-reactive",
        "io.quarkus:quarkus-resteasy-reactive-jackson", "io.quarkus:quarkus-reactive-routes",
        "io.quarkus:quarkus-undertow", "io.quarkus:quarkus-grpc", "io.quarkus:quarkus-smallrye-graphql"), 8080),
    Framework("micronaut", ("io.micronaut:micronaut-http-server-netty", "io.micronaut:micronaut-http-server",
        "io.micronaut.servlet"), 8080),
    Framework("dropwizard", ("io.dropwizard:dropwizard-core",), 8080),
    Framework("javalin", ("io.javalin:javalin", "io.javalin:javalin-bundle"), 8080),
    Framework("spark", ("com.sparkjava:spark-core", "com.sparkjava:spark-kotlin"), 4567),
    Framework("ktor", ("io.ktor:ktor-server-core", "io.ktor:ktor-server-core-jvm", "io.ktor:ktor-server-netty",
        "io.ktor:ktor-server-netty-jvm", "io.ktor:ktor-server-cio", "io.ktor:ktor-server-cio-jvm",
        "io.ktor:ktor-server-jetty", "io.ktor:ktor-server-tomcat")),
    Framework("vert.x", ("io.vertx:vertx-web", "io.vertx:vertx-lang-kotlin")),
    Framework("helidon", ("io.helidon.webserver", "io.helidon.microprofile.server", "io.helidon.microprofile.bundles")),
    Framework("http4k", ("org.http4k:http4k-server-netty", "org.http4k:http4k-server-jetty",
        "org.http4k:http4k-server-undertow")),
    Framework("jetty", ("org.eclipse.jetty:jetty-server",)),
    Framework("undertow", ("io.undertow:undertow-core",)),
    Framework("grpc", ("net.devh:grpc-server-spring-boot-starter", "io.github.lognet:grpc-spring-boot-starter")),
    silent("spring-batch", f"{_BOOT}-batch", "org.springframework.batch:spring-batch-core", job="batch"),
    silent("quartz", f"{_BOOT}-quartz", "org.quartz-scheduler:quartz"),
    silent("jda", "net.dv8tion:JDA", "com.discord4j:discord4j-core", "org.javacord:javacord", "dev.kord:kord-core"),
    silent("telegram", "org.telegram:telegrambots", "org.telegram:telegrambots-longpolling",
        "org.telegram:telegrambots-spring-boot-starter", "com.github.pengrad:java-telegram-bot-api"),
    silent("kafka-streams", "org.apache.kafka:kafka-streams"),
    silent("temporal", "io.temporal:temporal-sdk"),
    silent("picocli", "info.picocli:picocli", "com.github.ajalt.clikt:clikt", job=None),
)  # fmt: skip

SERVICES = {
    "postgres": "org.postgresql:postgresql org.postgresql:r2dbc-postgresql com.impossibl.pgjdbc-ng:pgjdbc-ng "
    "io.vertx:vertx-pg-client io.quarkus:quarkus-jdbc-postgresql io.quarkus:quarkus-reactive-pg-client",
    "mysql": "mysql:mysql-connector-java com.mysql:mysql-connector-j org.mariadb.jdbc:mariadb-java-client "
    "io.vertx:vertx-mysql-client io.quarkus:quarkus-jdbc-mysql io.quarkus:quarkus-jdbc-mariadb "
    "io.quarkus:quarkus-reactive-mysql-client io.asyncer:r2dbc-mysql",
    "mssql": "com.microsoft.sqlserver:mssql-jdbc io.quarkus:quarkus-jdbc-mssql",
    "oracle": "com.oracle.database.jdbc io.quarkus:quarkus-jdbc-oracle",
    "redis": f"{_BOOT}-data-redis {_BOOT}-data-redis-reactive redis.clients:jedis io.lettuce:lettuce-core "
    "org.redisson:redisson org.redisson:redisson-spring-boot-starter org.springframework.data:spring-data-redis "
    "org.springframework.session:spring-session-data-redis io.quarkus:quarkus-redis-client "
    "io.vertx:vertx-redis-client io.micronaut.redis:micronaut-redis-lettuce",
    "mongodb": f"{_BOOT}-data-mongodb {_BOOT}-data-mongodb-reactive org.mongodb org.litote.kmongo "
    "org.springframework.data:spring-data-mongodb io.quarkus:quarkus-mongodb-client "
    "io.quarkus:quarkus-mongodb-panache io.vertx:vertx-mongo-client io.micronaut.mongodb",
    "rabbitmq": f"{_BOOT}-amqp com.rabbitmq:amqp-client org.springframework.amqp "
    "org.springframework.cloud:spring-cloud-starter-stream-rabbit "
    "io.quarkus:quarkus-smallrye-reactive-messaging-rabbitmq "
    "io.quarkus:quarkus-messaging-rabbitmq io.vertx:vertx-rabbitmq-client",
    "kafka": f"org.apache.kafka org.springframework.kafka {_BOOT}-kafka "
    "org.springframework.cloud:spring-cloud-starter-stream-kafka "
    "org.springframework.cloud:spring-cloud-stream-binder-kafka "
    "io.quarkus:quarkus-smallrye-reactive-messaging-kafka io.quarkus:quarkus-messaging-kafka "
    "io.quarkus:quarkus-kafka-client io.vertx:vertx-kafka-client io.micronaut.kafka",
    "activemq": f"{_BOOT}-activemq {_BOOT}-artemis org.apache.activemq",
    "pulsar": f"{_BOOT}-pulsar org.apache.pulsar",
    "nats": "io.nats:jnats",
    "mqtt": "org.eclipse.paho com.hivemq:hivemq-mqtt-client",
    "s3": "software.amazon.awssdk:s3 com.amazonaws:aws-java-sdk-s3 io.minio:minio "
    "io.awspring.cloud:spring-cloud-aws-starter-s3 "
    "io.quarkiverse.amazonservices:quarkus-amazon-s3 aws.sdk.kotlin:s3",
    "aws": "software.amazon.awssdk:sqs software.amazon.awssdk:sns software.amazon.awssdk:dynamodb "
    "com.amazonaws:aws-java-sdk com.amazonaws:aws-java-sdk-sqs com.amazonaws:aws-java-sdk-dynamodb",
    "gcs": "com.google.cloud:google-cloud-storage",
    "azure-blob": "com.azure:azure-storage-blob",
    "elasticsearch": f"{_BOOT}-data-elasticsearch co.elastic.clients:elasticsearch-java org.elasticsearch.client "
    "org.springframework.data:spring-data-elasticsearch io.quarkus:quarkus-elasticsearch-rest-client",
    "opensearch": "org.opensearch.client",
    "solr": "org.apache.solr:solr-solrj",
    "qdrant": "io.qdrant:client",
    "milvus": "io.milvus:milvus-sdk-java",
    "meilisearch": "com.meilisearch.sdk:meilisearch-java",
    "memcached": "net.spy:spymemcached com.googlecode.xmemcached:xmemcached",
    "cassandra": f"{_BOOT}-data-cassandra com.datastax.oss org.apache.cassandra com.datastax.cassandra",
    "clickhouse": "com.clickhouse ru.yandex.clickhouse",
    "influxdb": "com.influxdb org.influxdb",
    "neo4j": f"{_BOOT}-data-neo4j org.neo4j.driver",
    "couchbase": f"{_BOOT}-data-couchbase com.couchbase.client",
    "hazelcast": "com.hazelcast:hazelcast",
    "etcd": "io.etcd:jetcd-core",
    "consul": "org.springframework.cloud:spring-cloud-starter-consul "
    "org.springframework.cloud:spring-cloud-starter-consul-discovery "
    "org.springframework.cloud:spring-cloud-starter-consul-config com.ecwid.consul:consul-api",
    "eureka": "org.springframework.cloud:spring-cloud-starter-netflix-eureka-client",
    "vault": "org.springframework.cloud:spring-cloud-starter-vault-config org.springframework.vault "
    "io.quarkiverse.vault",
    "zookeeper": "org.apache.zookeeper org.apache.curator",
    "ldap": f"{_BOOT}-data-ldap com.unboundid:unboundid-ldapsdk",
    "smtp": f"{_BOOT}-mail com.sun.mail org.simplejavamail io.quarkus:quarkus-mailer",
    "temporal": "io.temporal:temporal-sdk",
    "docker": "com.github.docker-java",
}  # fmt: skip

COMPUTE = (
    "org.deeplearning4j ai.djl org.tensorflow com.microsoft.onnxruntime org.apache.spark org.bytedeco:ffmpeg-platform "
    "org.apache.flink"
)

JVM = Libraries(separator=":", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
