"""The gems that say something, by the names in a Gemfile and after `require`."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

# Order matters where one stands for the unit: what contains others comes first. Those without a server of their own
# are started by rackup or puma, which listen on 9292.
FRAMEWORKS = (
    Framework("rails", ("rails", "railties"), 3000),
    Framework("hanami", ("hanami", "hanami-router"), 2300),
    Framework("padrino", ("padrino", "padrino-core"), 3000),
    Framework("sinatra", ("sinatra", "sinatra/base", "sinatra-contrib"), 4567),
    Framework("grape", ("grape",), 9292),
    Framework("roda", ("roda",), 9292),
    Framework("cuba", ("cuba",), 9292),
    Framework("camping", ("camping",), 3301),
    Framework("jekyll", ("jekyll",), 4000),
    Framework("middleman", ("middleman",), 4567),
    Framework("gruf", ("gruf",), 9001),
    Framework("puma", ("puma",), 9292, job=None),
    Framework("unicorn", ("unicorn",), 8080, job=None),
    Framework("falcon", ("falcon",), 9292, job=None),
    Framework("thin", ("thin",), 3000, job=None),
    Framework("iodine", ("iodine",), 3000, job=None),
    silent("sidekiq"),
    silent("resque", "resque", "resque-scheduler"),
    silent("good_job"),
    silent("solid_queue"),
    silent("delayed_job", "delayed_job", "delayed_job_active_record"),
    silent("que"),
    silent("shoryuken"),
    silent("sneakers", "sneakers", "kicks"),
    silent("karafka"),
    silent("racecar"),
    silent("discordrb"),
    silent("telegram-bot-ruby", "telegram-bot-ruby", "telegram/bot"),
    silent("slack-ruby-bot", "slack-ruby-bot", "slack-ruby-client"),
    silent("clockwork"),
    silent("rufus-scheduler"),
    silent("whenever"),
    silent("thor", job=None),
)

SERVICES = {
    "postgres": "pg sequel_pg activerecord-postgis-adapter pghero good_job",
    "mysql": "mysql2 trilogy activerecord-trilogy-adapter",
    "mssql": "tiny_tds activerecord-sqlserver-adapter",
    "oracle": "ruby-oci8 activerecord-oracle_enhanced-adapter",
    "redis": "redis redis-client redis-rails redis-store redis-namespace redis-actionpack hiredis hiredis-client "
    "sidekiq resque resque-scheduler",
    "mongodb": "mongo mongoid",
    "rabbitmq": "bunny sneakers kicks march_hare",
    "kafka": "ruby-kafka racecar rdkafka karafka waterdrop delivery_boy",
    "nats": "nats-pure nats",
    "mqtt": "mqtt",
    "s3": "aws-sdk-s3 fog-aws minio-ruby",
    "aws": "aws-sdk aws-sdk-sqs aws-sdk-sns aws-sdk-ses aws-sdk-dynamodb shoryuken aws-sdk-rails",
    "gcs": "google-cloud-storage",
    "azure-blob": "azure-storage-blob azure-blob",
    "elasticsearch": "elasticsearch elasticsearch-model elasticsearch-rails searchkick chewy",
    "opensearch": "opensearch-ruby opensearch-aws-sigv4",
    "meilisearch": "meilisearch meilisearch-rails",
    "typesense": "typesense",
    "memcached": "dalli memcached",
    "cassandra": "cassandra-driver",
    "clickhouse": "clickhouse-activerecord click_house",
    "influxdb": "influxdb influxdb-client",
    "neo4j": "activegraph neo4j-ruby-driver",
    "qdrant": "qdrant-ruby",
    "weaviate": "weaviate-ruby",
    "consul": "diplomat",
    "vault": "vault vault-rails",
    "etcd": "etcdv3",
    "zookeeper": "zk",
    "ldap": "net-ldap devise_ldap_authenticatable gitlab_omniauth-ldap",
    "temporal": "temporalio",
}

COMPUTE = "torch-rb torch tensorflow onnxruntime streamio-ffmpeg ferrum grover"

RUBY = Libraries(separator="/", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
