job "memory-test" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "memory-test" {
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
        to = 8080 # ports '8080:8080' (compose.yaml:5)
      }
    }

    service {
      name = "memory-test"
      port = "http"

      check { # the code has a route /health (server.py:11)
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "memory-test" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/memory-test:1.0.0" # `image` beside `build` names what is built (compose.yaml:4)
        ports = ["http"]
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (server.py:1)
        memory = 64  # limits or reservations of the service (compose.yaml:9)
      }
    }
  }
}
