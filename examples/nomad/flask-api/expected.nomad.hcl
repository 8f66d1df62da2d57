job "flask-api" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "api" {
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
        to = 5000 # ports '8080:5000' (compose.yaml:6)
      }
    }

    service {
      name = "flask-api"
      port = "http"

      check { # the code has a route /health (app.py:18)
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "api" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/flask-api:1.0.0" # `image` beside `build` names what is built (compose.yaml:4)
        ports = ["http"]
      }

      env {
        GREETING  = "hello from compose" # environment of the service (compose.yaml:8)
        LOG_LEVEL = "info"               # environment of the service (compose.yaml:9)
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (requirements.txt:1)
        memory = 128 # limits or reservations of the service (compose.yaml:14)
      }
    }
  }
}
