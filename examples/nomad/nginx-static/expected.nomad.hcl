job "nginx-static" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "nginx-static" {
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
      port "http" {
        to = 8080 # EXPOSE 8080 (Dockerfile:4)
      }
    }

    service {
      name = "nginx-static"
      port = "http"

      check { # HEALTHCHECK wget -q -O /dev/null http://127.0.0.1:8080/ || exit 1 (Dockerfile:5)
        type     = "http"
        path     = "/"
        interval = "30s"
        timeout  = "3s"
      }
    }

    task "nginx-static" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/pages:1.3.0" # `docker push` (Makefile:10)
        ports = ["http"]
      }

      resources {
        cpu    = 200 # light: its base image is nginx (Dockerfile:1)
        memory = 128 # light: its base image is nginx (Dockerfile:1)
      }
    }
  }
}
