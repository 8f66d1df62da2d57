job "batch-report" {
  datacenters = ["dc1"] # Nomad's default datacenter; no cluster was asked
  type        = "batch" # restart: no, and nothing listens: it ends by itself (compose.yaml:5)

  group "report" {
    count = 1 # nothing asks for more

    restart {
      attempts = 0
      interval = "30m"
      delay    = "15s"
      mode     = "fail"
    }

    task "report" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/report:0.9.0" # `image` beside `build` names what is built (compose.yaml:4)
      }

      resources {
        cpu    = 500 # limits or reservations of the service (one CPU counts as 1000 MHz) (compose.yaml:8)
        memory = 64  # limits or reservations of the service (one CPU counts as 1000 MHz) (compose.yaml:8)
      }
    }
  }
}
