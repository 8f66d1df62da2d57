job "reminder-bot" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # nothing says that it ends by itself

  group "reminder-bot" {
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

    task "reminder-bot" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/reminder-bot:0.6.0" # CI: is built and pushed (.github/workflows/image.yml:8)
      }

      template { # DISCORD_TOKEN is a secret in nomad-var:nomad/jobs/reminder-bot
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/reminder-bot" }}
          DISCORD_TOKEN={{ .token | toJSON }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 200 # light: rust code without heavy libraries (Cargo.toml:1)
        memory = 128 # light: rust code without heavy libraries (Cargo.toml:1)
      }
    }
  }
}
