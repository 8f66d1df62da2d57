job "tasks" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "tasks" {
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
        to = 8085 # server.port is 8085; PORT sets it (src/main/resources/application.yml:2)
      }
    }

    service {
      name = "tasks"
      port = "http"

      check { # Spring Boot Actuator's health endpoint (pom.xml:20)
        type     = "http"
        path     = "/actuator/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "tasks" {
      driver = "docker"

      config {
        image = "registry.example.net/tasks:2.0.0" # CI: `docker push` (Jenkinsfile:7)
        ports = ["http"]
      }

      env {
        PORT = "${NOMAD_PORT_http}" # the port that the code reads; Nomad fills it in
      }

      resources {
        cpu    = 1000 # heavy: it uses spring (pom.xml:16)
        memory = 2048 # heavy: it uses spring (pom.xml:16)
      }
    }
  }
}
