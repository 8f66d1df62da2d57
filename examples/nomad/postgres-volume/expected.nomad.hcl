job "postgres-volume" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "db" {
    count = 1 # nothing asks for more

    update { # within the 300 s that a deployment is watched
      max_parallel      = 1
      min_healthy_time  = "10s"
      healthy_deadline  = "3m"
      progress_deadline = "4m"
    }

    restart {
      attempts = 2
      interval = "30m"
      delay    = "15s"
      mode     = "fail"
    }

    network {
      port "tcp" {
        to = 5432 # ports '5432:5432' (compose.yaml:8)
      }
    }

    volume "shop-data" { # volume shop-data:/var/lib/postgresql/data (compose.yaml:10)
      type   = "host"
      source = "shop-data"
    }

    service {
      name = "postgres-volume"
      port = "tcp"

      check { # healthcheck CMD-SHELL pg_isready -U shop (compose.yaml:11)
        type     = "script"
        command  = "/bin/sh"
        args     = ["-c", "pg_isready -U shop"]
        task     = "db"
        interval = "10s"
        timeout  = "3s"
      }
    }

    task "db" {
      driver = "docker"

      config {
        image = "postgres:17.2-alpine" # `image` of the service (compose.yaml:3)
        ports = ["tcp"]
      }

      env {
        POSTGRES_DB   = "shop" # environment of the service (compose.yaml:5)
        POSTGRES_USER = "shop" # environment of the service (compose.yaml:6)
      }

      template { # POSTGRES_PASSWORD is a secret in nomad-var:nomad/jobs/postgres-volume
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/postgres-volume" }}
          POSTGRES_PASSWORD={{ .password | toJSON }}
          {{ end }}
        EOT
      }

      volume_mount {
        volume      = "shop-data"
        destination = "/var/lib/postgresql/data"
      }

      resources {
        cpu    = 1000 # limits or reservations of the service (one CPU counts as 1000 MHz) (compose.yaml:18)
        memory = 1024 # limits or reservations of the service (one CPU counts as 1000 MHz) (compose.yaml:18)
      }
    }
  }
}
