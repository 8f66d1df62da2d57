job "video-transcription" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "video-transcription" {
    count = 1 # nothing asks for more

    constraint { # `test.constraints` (build.yaml:21)
      attribute = "${attr.cpu.arch}"
      value     = "amd64"
    }

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
        to = 8000 # `test.container_port` (build.yaml:23)
      }
    }

    service {
      name = "video-transcription"
      port = "http"

      check { # `test.health_endpoint` (build.yaml:22)
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "video-transcription" {
      driver = "docker"

      config {
        image = "registry.example.net:5000/video-transcription:1.8.0" # `registry_url` and `image_name`, `image_tags` [1.8.0, latest] (build.yaml:1)
        ports = ["http"]
      }

      env {
        S3_BUCKET     = "recordings" # `test.env` (build.yaml:11)
        WHISPER_MODEL = "large-v3"   # `test.env` (build.yaml:12)
      }

      template { # AWS_ACCESS_KEY_ID is a secret in nomad-var:nomad/jobs/video-transcription; AWS_SECRET_ACCESS_KEY is a secret in nomad-var:nomad/jobs/video-transcription
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/video-transcription" }}
          AWS_ACCESS_KEY_ID={{ .access_key | toJSON }}
          AWS_SECRET_ACCESS_KEY={{ .secret_key | toJSON }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 8000  # `resource_limits` (MHz and MB) (build.yaml:8)
        memory = 16384 # `resource_limits` (MHz and MB) (build.yaml:8)

        device "nvidia/gpu" {
          count = 1
        }
      }
    }
  }
}
