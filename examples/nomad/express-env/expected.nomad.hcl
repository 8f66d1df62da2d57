job "express-env" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "express-env" {
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
        to = 3000 # EXPOSE 3000 (Dockerfile:8)
      }
    }

    service {
      name = "express-env"
      port = "http"

      check { # the code has a route /healthz (server.js:8)
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "express-env" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/express-env:2.3.0" # answered
        ports = ["http"]
      }

      env {
        PORT   = "${NOMAD_PORT_http}" # the port that the code reads; Nomad fills it in
        REGION = "eu"                 # answered (custom)
      }

      resources {
        cpu    = 500 # medium: javascript code without heavy libraries (package.json:1)
        memory = 512 # medium: javascript code without heavy libraries (package.json:1)
      }
    }
  }
}
