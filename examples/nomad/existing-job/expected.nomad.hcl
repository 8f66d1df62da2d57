# The shop. Ask ops before you touch the constraint.

variable "replicas" {
  type    = number
  default = 2 # one in each rack
}

job "shop" {
  datacenters = ["dc1"]

  constraint {
    attribute = "${meta.rack}"
    operator  = "is_set"
  }

  group "web" {
    count = var.replicas

    update {
      max_parallel     = 1
      healthy_deadline = "2m"
      auto_revert      = true
    }

    network {
      port "http" {
        to = 5000
      }
    }

    service {
      name     = "shop"
      port     = "http"
      provider = "consul"

      check {
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    # Ships the logs; it comes with the node's image.
    task "log-shipper" {
      driver = "exec"

      lifecycle {
        hook    = "prestart"
        sidecar = true
      }

      config {
        command = "/usr/local/bin/ship-logs"
        args    = ["--from", "${NOMAD_ALLOC_DIR}/logs"]
      }

      resources {
        cpu    = 50
        memory = 32
      }
    }

    task "shop" {
      driver = "docker"

      config {
        image = "ghcr.io/example/shop:2.3" // bumped by the release
        ports = ["http"]

        logging {
          type = "journald"
        }
      }

      env {
        GREETING = "hello"
      }

      resources {
        cpu    = 300
        memory = 192 # MB, measured in March
      }
    }
  }
}
