"""The Node packages that say something, by the names they are installed and imported under."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

# Order matters where one stands for the unit: frameworks that contain others come first. Express and the like have no
# default port of their own; 3000 is the custom.
FRAMEWORKS = (
    Framework("next", ("next",), 3000),
    Framework("nuxt", ("nuxt", "nuxt3", "nuxt-edge"), 3000),
    Framework("nest", ("@nestjs/core", "@nestjs/platform-express", "@nestjs/platform-fastify"), 3000),
    Framework("remix", ("@remix-run/node", "@remix-run/serve", "@react-router/serve"), 3000),
    Framework("sveltekit", ("@sveltejs/adapter-node",), 3000),
    Framework("astro", ("astro", "@astrojs/node"), 4321),
    Framework("strapi", ("@strapi/strapi", "strapi"), 1337),
    Framework("adonis", ("@adonisjs/core",), 3333),
    Framework("sails", ("sails",), 1337),
    Framework("loopback", ("@loopback/rest", "loopback"), 3000),
    Framework("feathers", ("@feathersjs/feathers", "@feathersjs/express"), 3030),
    Framework("keystone", ("@keystone-6/core",), 3000),
    Framework("payload", ("payload",), 3000),
    Framework("directus", ("directus",), 8055),
    Framework("apollo", ("@apollo/server", "apollo-server", "apollo-server-express"), 4000),
    Framework("graphql-yoga", ("graphql-yoga",), 4000),
    Framework("fastify", ("fastify",), 3000),
    Framework("hono", ("hono", "@hono/node-server"), 3000),
    Framework("koa", ("koa",), 3000),
    Framework("hapi", ("@hapi/hapi", "hapi"), 3000),
    Framework("restify", ("restify",), 8080),
    Framework("polka", ("polka",), 3000),
    Framework("elysia", ("elysia",), 3000),
    Framework("micro", ("micro",), 3000),
    Framework("express", ("express",), 3000),
    Framework("socket.io", ("socket.io",), 3000),
    Framework("ws", ("ws",), None, job=None),
    Framework("peer", ("peer",), 9000),
    Framework("json-server", ("json-server",), 3000),
    Framework("http-server", ("http-server",), 8080),
    Framework("serve", ("serve",), 3000),
    silent("discord.js", "discord.js", "eris", "@discordjs/core"),
    silent("telegraf", "telegraf", "grammy", "node-telegram-bot-api"),
    silent("slack", "@slack/socket-mode", "@slack/rtm-api"),
    silent("whatsapp", "whatsapp-web.js", "@whiskeysockets/baileys"),
    silent("tmi.js"),
    silent("bullmq", "bullmq", "bull", "bee-queue"),
    silent("agenda"),
    silent("kue"),
    silent("temporal", "@temporalio/worker"),
    silent("cron", "node-cron", "cron", "node-schedule", "bree", "croner"),
    silent("commander", "commander", "yargs", "oclif", "@oclif/core", "cac", "meow", job=None),
)

SERVICES = {
    "postgres": "pg postgres pg-promise pg-native @neondatabase/serverless slonik connect-pg-simple pg-boss pgvector",
    "mysql": "mysql mysql2 mariadb",
    "mssql": "mssql tedious",
    "oracle": "oracledb",
    "redis": "redis ioredis bull bullmq bee-queue kue connect-redis @redis/client cache-manager-redis-store "
    "cache-manager-ioredis keyv-redis @keyv/redis @socket.io/redis-adapter rate-limit-redis @upstash/redis",
    "mongodb": "mongodb mongoose agenda connect-mongo monk @typegoose/typegoose",
    "rabbitmq": "amqplib amqp-connection-manager rhea rascal amqp",
    "kafka": "kafkajs node-rdkafka kafka-node @confluentinc/kafka-javascript",
    "nats": "nats @nats-io/transport-node",
    "mqtt": "mqtt async-mqtt aedes-persistence-redis",
    "s3": "minio multer-s3 @aws-sdk/client-s3 @aws-sdk/lib-storage",
    "aws": "aws-sdk @aws-sdk/client-sqs @aws-sdk/client-dynamodb @aws-sdk/client-sns @aws-sdk/client-ses",
    "gcs": "@google-cloud/storage",
    "azure-blob": "@azure/storage-blob",
    "elasticsearch": "@elastic/elasticsearch elasticsearch",
    "opensearch": "@opensearch-project/opensearch",
    "qdrant": "@qdrant/js-client-rest @qdrant/qdrant-js @qdrant/js-client-grpc",
    "weaviate": "weaviate-client weaviate-ts-client",
    "milvus": "@zilliz/milvus2-sdk-node",
    "chroma": "chromadb",
    "meilisearch": "meilisearch",
    "typesense": "typesense",
    "memcached": "memcached memjs",
    "cassandra": "cassandra-driver",
    "clickhouse": "@clickhouse/client clickhouse",
    "influxdb": "influx @influxdata/influxdb-client",
    "neo4j": "neo4j-driver",
    "arangodb": "arangojs",
    "couchdb": "nano couchdb-nano",
    "surrealdb": "surrealdb surrealdb.js",
    "etcd": "etcd3",
    "consul": "consul",
    "vault": "node-vault",
    "zookeeper": "node-zookeeper-client zookeeper",
    "ldap": "ldapjs ldapts passport-ldapauth",
    "smtp": "nodemailer",
    "temporal": "@temporalio/client @temporalio/worker",
    "ollama": "ollama",
}

COMPUTE = (
    "@tensorflow/tfjs-node @tensorflow/tfjs-node-gpu onnxruntime-node @xenova/transformers @huggingface/transformers "
    "node-llama-cpp puppeteer playwright fluent-ffmpeg ffmpeg-static "
    "@ffmpeg-installer/ffmpeg @remotion/renderer"
)

NODE = Libraries(separator="/", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
