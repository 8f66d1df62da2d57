job "market" {
  datacenters = ["dc1"]   # Nomad's default datacenter; no cluster was asked
  type        = "service" # it listens

  group "web" {
    count = 1 # nothing asks for more

    update { # within the 300 s that a deployment is watched
      max_parallel      = 1
      min_healthy_time  = "10s"
      healthy_deadline  = "3m"
      progress_deadline = "4m"
    }

    restart { # room to wait for catalog, orders
      attempts = 5
      interval = "5m"
      delay    = "10s"
      mode     = "fail"
    }

    network {
      port "http" {
        to = 3000 # ports '8080:3000' (compose.yaml:6)
      }
    }

    service {
      name = "market-web"
      port = "http"

      check { # the code has a route /healthz (services/web/server.js:8)
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/market-web:5.2.0" # `image` beside `build` names what is built (compose.yaml:5)
        ports = ["http"]
      }

      template { # CATALOG_URL names another service (compose.yaml:8); ORDERS_URL names another service (compose.yaml:9)
        destination = "local/addresses.env"
        env         = true
        data        = <<-EOT
          CATALOG_URL="http://{{ with service "market-catalog" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}"
          ORDERS_URL="http://{{ with service "market-orders" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}"
        EOT
      }

      resources {
        cpu    = 500 # medium: javascript code without heavy libraries (services/web/package.json:1)
        memory = 512 # medium: javascript code without heavy libraries (services/web/package.json:1)
      }
    }
  }

  group "catalog" {
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
        to = 8000 # expose '8000' (compose.yaml:14)
      }
    }

    service {
      name = "market-catalog"
      port = "http"

      check { # the code has a route /health (services/catalog/main.py:8)
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "catalog" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/market-catalog:5.2.0" # `image` beside `build` names what is built (compose.yaml:13)
        ports = ["http"]
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (services/catalog/requirements.txt:1)
        memory = 512 # medium: python code without heavy libraries (services/catalog/requirements.txt:1)
      }
    }
  }

  group "orders" {
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
        to = 8081 # expose '8081' (compose.yaml:18)
      }
    }

    service {
      name = "market-orders"
      port = "http"

      check { # the code has a route /ready (services/orders/main.go:16)
        type     = "http"
        path     = "/ready"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "orders" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/market-orders:5.2.0" # `image` beside `build` names what is built (compose.yaml:17)
        ports = ["http"]
      }

      template { # CATALOG_URL names another service (compose.yaml:20)
        destination = "local/addresses.env"
        env         = true
        data        = <<-EOT
          CATALOG_URL="http://{{ with service "market-catalog" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}"
        EOT
      }

      resources {
        cpu    = 200 # light: go code without heavy libraries (services/orders/go.mod:3)
        memory = 128 # light: go code without heavy libraries (services/orders/go.mod:3)
      }
    }
  }
}
