"""The Composer packages and extensions that say something."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

# PHP itself opens no port: a web server in the image does. Those with a port bring their own server.
FRAMEWORKS = (
    Framework("octane", ("laravel/octane",), 8000),
    Framework("roadrunner", ("spiral/roadrunner", "spiral/roadrunner-http", "spiral/roadrunner-laravel"), 8080),
    Framework("hyperf", ("hyperf/hyperf", "hyperf/http-server"), 9501),
    Framework("webman", ("workerman/webman-framework",), 8787),
    Framework("laravel", ("laravel/framework",), None),
    Framework("lumen", ("laravel/lumen-framework",), None),
    Framework("symfony", ("symfony/framework-bundle", "symfony/symfony"), None),
    Framework("api-platform", ("api-platform/core", "api-platform/symfony"), None),
    Framework("slim", ("slim/slim",), None),
    Framework("mezzio", ("mezzio/mezzio",), None),
    Framework("laminas", ("laminas/laminas-mvc",), None),
    Framework("cakephp", ("cakephp/cakephp",), None),
    Framework("codeigniter", ("codeigniter4/framework", "codeigniter/framework"), None),
    Framework("yii", ("yiisoft/yii2", "yiisoft/yii"), None),
    Framework("spiral", ("spiral/framework",), None),
    Framework("drupal", ("drupal/core", "drupal/core-recommended"), None),
    Framework("wordpress", ("johnpbloch/wordpress", "roots/wordpress"), None),
    Framework("leaf", ("leafs/leaf",), None),
    Framework("flight", ("mikecao/flight", "flightphp/core"), None),
    silent("horizon", "laravel/horizon"),
    silent("messenger", "symfony/messenger"),
    silent("telegram", "longman/telegram-bot", "irazasyed/telegram-bot-sdk", "telegram-bot/api", "nutgram/nutgram"),
    silent("discord", "team-reflex/discord-php"),
    silent("symfony-console", "symfony/console", job=None),
    silent("laravel-zero", "laravel-zero/framework", job=None),
)

SERVICES = {
    "postgres": "ext-pdo_pgsql ext-pgsql amphp/postgres",
    "mysql": "ext-pdo_mysql ext-mysqli amphp/mysql react/mysql",
    "mssql": "ext-sqlsrv ext-pdo_sqlsrv",
    "oracle": "ext-oci8 yajra/laravel-oci8",
    "redis": "predis/predis ext-redis ext-relay symfony/redis-messenger amphp/redis laravel/horizon resque/php-resque",
    "mongodb": "mongodb/mongodb ext-mongodb mongodb/laravel-mongodb jenssegers/mongodb doctrine/mongodb-odm",
    "rabbitmq": "php-amqplib/php-amqplib php-amqplib/rabbitmq-bundle bunny/bunny ext-amqp enqueue/amqp-lib "
    "enqueue/amqp-ext symfony/amqp-messenger vladimir-yuldashev/laravel-queue-rabbitmq",
    "kafka": "ext-rdkafka enqueue/rdkafka nmred/kafka-php longlang/phpkafka mateusjunges/laravel-kafka",
    "nats": "basis-company/nats repejota/nats",
    "mqtt": "php-mqtt/client bluerhinos/phpmqtt",
    "s3": "league/flysystem-aws-s3-v3 async-aws/s3",
    "aws": "aws/aws-sdk-php aws/aws-sdk-php-laravel async-aws/sqs symfony/amazon-sqs-messenger",
    "gcs": "google/cloud-storage league/flysystem-google-cloud-storage",
    "azure-blob": "microsoft/azure-storage-blob league/flysystem-azure-blob-storage",
    "elasticsearch": "elasticsearch/elasticsearch ruflin/elastica friendsofsymfony/elastica-bundle",
    "opensearch": "opensearch-project/opensearch-php",
    "meilisearch": "meilisearch/meilisearch-php",
    "typesense": "typesense/typesense-php",
    "qdrant": "hkulekci/qdrant",
    "memcached": "ext-memcached ext-memcache",
    "cassandra": "ext-cassandra",
    "clickhouse": "smi2/phpclickhouse",
    "influxdb": "influxdata/influxdb-client-php influxdb/influxdb-php",
    "neo4j": "laudis/neo4j-php-client",
    "couchdb": "doctrine/couchdb",
    "vault": "csharpru/vault-php",
    "consul": "friendsofphp/consul-php-sdk",
    "ldap": "ext-ldap directorytree/ldaprecord directorytree/ldaprecord-laravel symfony/ldap",
    "temporal": "temporal/sdk",
}

COMPUTE = "php-ffmpeg/php-ffmpeg pbmedia/laravel-ffmpeg spatie/browsershot symfony/panther rubix/ml"

PHP = Libraries(separator="#", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
