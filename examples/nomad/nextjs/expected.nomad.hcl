job "storefront" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "storefront" {
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
        to = 3000 # EXPOSE 3000 (Dockerfile:13)
      }
    }

    service {
      name = "storefront"
      port = "http"

      check { # the code has a route /api/health (app/api/health/route.js:1)
        type     = "http"
        path     = "/api/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "storefront" {
      driver = "docker"

      config {
        image = "registry.gitlab.com/muster-examples/storefront:3.1.0" # CI: `docker push` (.gitlab-ci.yml:6)
        ports = ["http"]
      }

      env {
        SHOP_NAME = "Corner shop" # .env.example names it (.env.example:1)
      }

      resources {
        cpu    = 1000 # heavy: it uses next (package.json:6)
        memory = 2048 # heavy: it uses next (package.json:6)
      }
    }
  }
}
