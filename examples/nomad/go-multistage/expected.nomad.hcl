job "links" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "links" {
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
        to = 8080 # EXPOSE 8080 (Dockerfile:9)
      }
    }

    service {
      name = "links"
      port = "http"

      check { # the code has a route /healthz (main.go:20)
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "links" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/links:1.4.2" # CI: is built and pushed (.github/workflows/release.yml:12)
        ports = ["http"]
      }

      env {
        LISTEN_ADDR = ":${NOMAD_PORT_http}"       # the port that the code reads; Nomad fills it in
        BASE_URL    = "https://links.example.com" # answered (custom)
      }

      resources {
        cpu    = 200 # light: go code without heavy libraries (go.mod:3)
        memory = 128 # light: go code without heavy libraries (go.mod:3)
      }
    }
  }
}
