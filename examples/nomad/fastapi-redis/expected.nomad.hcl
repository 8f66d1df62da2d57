job "fastapi-redis" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "api" {
    count = 2 # `deploy.replicas` of the service (docker-compose.yml:13)

    update { # within the 300 s that a deployment is watched
      max_parallel      = 1
      min_healthy_time  = "10s"
      healthy_deadline  = "3m"
      progress_deadline = "4m"
    }

    restart { # room to wait for redis
      attempts = 5
      interval = "5m"
      delay    = "10s"
      mode     = "fail"
    }

    network {
      port "http" {
        to = 8000 # ports '8000:8000' (docker-compose.yml:6)
      }
    }

    service {
      name = "fastapi-redis-api"
      port = "http"

      check { # HEALTHCHECK python -c "import urllib.request as u; u.urlopen('http://localhost:8000/health') (Dockerfile:7)
        type     = "http"
        path     = "/health"
        interval = "15s"
        timeout  = "3s"
      }
    }

    task "api" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/fastapi-redis:0.4.1" # `image` beside `build` names what is built (docker-compose.yml:4)
        ports = ["http"]
      }

      template { # REDIS_URL names another service (docker-compose.yml:8)
        destination = "local/addresses.env"
        env         = true
        data        = <<-EOT
          REDIS_URL="redis://{{ with service "fastapi-redis-redis" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}/0"
        EOT
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (requirements.txt:1)
        memory = 512 # medium: python code without heavy libraries (requirements.txt:1)
      }
    }
  }

  group "redis" {
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
        to = 6379 # api reaches it at redis:6379 (docker-compose.yml:8)
      }
    }

    volume "redis-data" { # volume redis-data:/data (docker-compose.yml:19)
      type   = "host"
      source = "redis-data"
    }

    service {
      name = "fastapi-redis-redis"
      port = "tcp"

      check { # healthcheck CMD redis-cli ping (docker-compose.yml:20)
        type     = "script"
        command  = "redis-cli"
        args     = ["ping"]
        task     = "redis"
        interval = "5s"
        timeout  = "2s"
      }
    }

    task "redis" {
      driver = "docker"

      config {
        image   = "redis:7.4-alpine" # `image` of the service (docker-compose.yml:16)
        command = "redis-server"     # `command` of the service (docker-compose.yml:17)
        args    = ["--appendonly", "yes"]
        ports   = ["tcp"]
      }

      volume_mount {
        volume      = "redis-data"
        destination = "/data"
      }

      resources {
        cpu    = 250 # limits or reservations of the service (one CPU counts as 1000 MHz) (docker-compose.yml:27)
        memory = 128 # limits or reservations of the service (one CPU counts as 1000 MHz) (docker-compose.yml:27)
      }
    }
  }
}
