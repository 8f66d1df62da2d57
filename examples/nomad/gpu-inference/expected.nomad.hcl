job "gpu-inference" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "inference" {
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
        to = 8000 # ports '8000:8000' (compose.yaml:5)
      }
    }

    volume "models" { # volume models:/models (compose.yaml:7)
      type   = "host"
      source = "models"
    }

    service {
      name = "gpu-inference"
      port = "http"

      check { # the code has a route /health (serve.py:14)
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "inference" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/inference:2.0.1" # `image` beside `build` names what is built (compose.yaml:4)
        ports = ["http"]
      }

      volume_mount {
        volume      = "models"
        destination = "/models"
      }

      resources {
        cpu    = 4000  # limits or reservations of the service (one CPU counts as 1000 MHz) (compose.yaml:10)
        memory = 12288 # limits or reservations of the service (one CPU counts as 1000 MHz) (compose.yaml:10)

        device "nvidia/gpu" {
          count = 1
        }
      }
    }
  }
}
