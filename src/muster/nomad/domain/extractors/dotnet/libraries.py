"""The NuGet packages that say something, by the beginnings of their names."""

from muster.nomad.domain.extractors.libraries import Framework, Libraries, silent

ASPNET, WORKER = "asp.net core", "worker service"

# ASP.NET Core is known by the project's SDK. Where it listens, its settings say, or the base image of a Dockerfile:
# from .NET 8 on that sets ASPNETCORE_HTTP_PORTS=8080, and `dockerfile_bases` knows it.
FRAMEWORKS = (
    Framework(ASPNET, ("Microsoft.AspNetCore.All", "Grpc.AspNetCore", "FastEndpoints", "Carter", "Yarp.ReverseProxy",
        "Ocelot")),
    silent(WORKER, "Microsoft.Extensions.Hosting", "Topshelf"),
    silent("hangfire", "Hangfire.Core"),
    silent("quartz", "Quartz"),
    silent("discord.net", "Discord.Net", "DSharpPlus", "NetCord", "Remora.Discord"),
    silent("telegram.bot", "Telegram.Bot", "Telegram.BotAPI", "WTelegramClient"),
    silent("twitchlib", "TwitchLib"),
    silent("slacknet", "SlackNet"),
    silent("temporal", "Temporalio"),
    silent("commandline", "CommandLineParser", "System.CommandLine", "Spectre.Console.Cli",
        "McMaster.Extensions.CommandLineUtils", job=None),
)  # fmt: skip

SERVICES = {
    "postgres": "Npgsql Marten Aspire.Npgsql Hangfire.PostgreSql Dapper.Npgsql",
    "mysql": "MySql MySqlConnector Pomelo.EntityFrameworkCore.MySql Aspire.MySqlConnector",
    "mssql": "Microsoft.EntityFrameworkCore.SqlServer Microsoft.Data.SqlClient System.Data.SqlClient "
    "Hangfire.SqlServer Aspire.Microsoft.EntityFrameworkCore.SqlServer",
    "oracle": "Oracle.ManagedDataAccess Oracle.EntityFrameworkCore",
    "redis": "StackExchange.Redis Microsoft.Extensions.Caching.StackExchangeRedis ServiceStack.Redis FreeRedis "
    "Aspire.StackExchange.Redis Microsoft.AspNetCore.SignalR.StackExchangeRedis NRedisStack CSRedisCore",
    "mongodb": "MongoDB.Driver MongoDB.Entities MongoDB.EntityFrameworkCore Aspire.MongoDB.Driver",
    "rabbitmq": "RabbitMQ.Client MassTransit.RabbitMQ EasyNetQ Aspire.RabbitMQ.Client "
    "Rebus.RabbitMq NServiceBus.RabbitMQ DotNetCore.CAP.RabbitMQ WolverineFx.RabbitMQ",
    "kafka": "Confluent.Kafka MassTransit.Kafka KafkaFlow Aspire.Confluent.Kafka",
    "nats": "NATS.Client NATS.Net Aspire.NATS.Net",
    "mqtt": "MQTTnet",
    "s3": "AWSSDK.S3 Minio",
    "aws": "AWSSDK.SQS AWSSDK.DynamoDBv2 AWSSDK.SimpleNotificationService MassTransit.AmazonSQS",
    "gcs": "Google.Cloud.Storage",
    "azure-blob": "Azure.Storage.Blobs Aspire.Azure.Storage.Blobs",
    "azure-service-bus": "Azure.Messaging.ServiceBus MassTransit.Azure.ServiceBus",
    "elasticsearch": "Elastic.Clients.Elasticsearch NEST Elasticsearch.Net Serilog.Sinks.Elasticsearch",
    "opensearch": "OpenSearch.Client OpenSearch.Net",
    "qdrant": "Qdrant.Client",
    "milvus": "Milvus.Client",
    "weaviate": "WeaviateNET",
    "meilisearch": "MeiliSearch",
    "memcached": "EnyimMemcachedCore",
    "cassandra": "CassandraCSharpDriver",
    "clickhouse": "ClickHouse.Client ClickHouse.Driver Octonica.ClickHouseClient",
    "influxdb": "InfluxDB.Client",
    "neo4j": "Neo4j.Driver Neo4jClient",
    "couchbase": "CouchbaseNetClient",
    "ravendb": "RavenDB.Client",
    "eventstore": "EventStore.Client",
    "etcd": "dotnet-etcd",
    "consul": "Consul",
    "vault": "VaultSharp",
    "zookeeper": "ZooKeeperNetEx",
    "ldap": "Novell.Directory.Ldap System.DirectoryServices.Protocols",
    "smtp": "MailKit FluentEmail.Smtp",
    "seq": "Serilog.Sinks.Seq",
    "docker": "Docker.DotNet",
    "ollama": "OllamaSharp",
    "temporal": "Temporalio",
}  # fmt: skip

COMPUTE = (
    "Microsoft.ML TorchSharp Microsoft.ML.OnnxRuntime LLamaSharp Microsoft.Playwright PuppeteerSharp Xabe.FFmpeg "
    "FFMpegCore"
)

DOTNET = Libraries(separator=".", frameworks=FRAMEWORKS, services=SERVICES, compute=COMPUTE)
