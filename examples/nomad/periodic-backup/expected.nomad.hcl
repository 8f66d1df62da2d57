job "periodic-backup" {
  datacenters = ["dc1"] # Nomad's default datacenter; no cluster was asked
  type        = "batch" # `schedule` of the CronJob (cronjob.yaml:6)

  periodic {
    cron             = "30 3 * * *" # `schedule` of the CronJob (cronjob.yaml:6)
    prohibit_overlap = true
  }

  group "backup" {
    count = 1 # nothing asks for more

    restart {
      attempts = 2
      interval = "1h"
      delay    = "15s"
      mode     = "fail"
    }

    volume "backups" { # persistentVolumeClaim backups (cronjob.yaml:22)
      type   = "host"
      source = "backups"
    }

    task "backup" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/backup:1.0.3" # image of the CronJob backup (cronjob.yaml:15)
      }

      env {
        PGHOST = "db.example.net" # environment of the container (cronjob.yaml:17)
        PGUSER = "backup"         # environment of the container (cronjob.yaml:18)
      }

      volume_mount {
        volume      = "backups"
        destination = "/backups"
      }

      resources {
        cpu    = 500 # requests and limits of the container (one CPU counts as 1000 MHz) (cronjob.yaml:19)
        memory = 256 # requests and limits of the container (one CPU counts as 1000 MHz) (cronjob.yaml:19)
      }
    }
  }
}
