job "django-postgres-worker" {
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

    restart { # room to wait for migrate
      attempts = 5
      interval = "5m"
      delay    = "10s"
      mode     = "fail"
    }

    network {
      port "http" {
        to = 8000 # ports '8000:8000' (docker-compose.yml:23)
      }
    }

    service {
      name = "django-postgres-worker-web"
      port = "http"

      check { # the code has a route /healthz (shop/urls.py:6)
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "migrate" {
      driver = "docker"

      lifecycle { # the group's service waits until this has ended (depends_on)
        hook = "prestart"
      }

      config {
        image   = "ghcr.io/muster-examples/shop:7.0.2" # `image` beside `build` names what is built (docker-compose.yml:3)
        command = "python"                             # `command` of the service (docker-compose.yml:16)
        args    = ["manage.py", "migrate", "--noinput"]
      }

      env {
        DB_NAME = "shop" # environment of the service (docker-compose.yml:8)
        DB_USER = "shop" # environment of the service (docker-compose.yml:9)
      }

      template { # DB_HOST names another service (docker-compose.yml:6); DB_PORT names another service (docker-compose.yml:7); BROKER_URL names another service (docker-compose.yml:11)
        destination = "local/addresses.env"
        env         = true
        data        = <<-EOT
          DB_HOST="{{ with service "django-postgres-worker-db" }}{{ with index . 0 }}{{ .Address }}{{ end }}{{ end }}"
          DB_PORT="{{ with service "django-postgres-worker-db" }}{{ with index . 0 }}{{ .Port }}{{ end }}{{ end }}"
          BROKER_URL="redis://{{ with service "django-postgres-worker-queue" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}/0"
        EOT
      }

      template { # DJANGO_SECRET_KEY is a secret in nomad-var:nomad/jobs/shop; DB_PASSWORD is a secret in nomad-var:nomad/jobs/shop
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/shop" }}
          DJANGO_SECRET_KEY={{ .django_secret_key | toJSON }}
          DB_PASSWORD={{ .db_password | toJSON }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (requirements.txt:1)
        memory = 512 # medium: python code without heavy libraries (requirements.txt:1)
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "ghcr.io/muster-examples/shop:7.0.2" # `image` beside `build` names what is built (docker-compose.yml:3)
        ports = ["http"]
      }

      env {
        DB_NAME = "shop" # environment of the service (docker-compose.yml:8)
        DB_USER = "shop" # environment of the service (docker-compose.yml:9)
      }

      template { # DB_HOST names another service (docker-compose.yml:6); DB_PORT names another service (docker-compose.yml:7); BROKER_URL names another service (docker-compose.yml:11)
        destination = "local/addresses.env"
        env         = true
        data        = <<-EOT
          DB_HOST="{{ with service "django-postgres-worker-db" }}{{ with index . 0 }}{{ .Address }}{{ end }}{{ end }}"
          DB_PORT="{{ with service "django-postgres-worker-db" }}{{ with index . 0 }}{{ .Port }}{{ end }}{{ end }}"
          BROKER_URL="redis://{{ with service "django-postgres-worker-queue" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}/0"
        EOT
      }

      template { # DJANGO_SECRET_KEY is a secret in nomad-var:nomad/jobs/shop; DB_PASSWORD is a secret in nomad-var:nomad/jobs/shop
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/shop" }}
          DJANGO_SECRET_KEY={{ .django_secret_key | toJSON }}
          DB_PASSWORD={{ .db_password | toJSON }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (requirements.txt:1)
        memory = 512 # medium: python code without heavy libraries (requirements.txt:1)
      }
    }
  }

  group "worker" {
    count = 1 # nothing asks for more

    update { # within the 300 s that a deployment is watched
      max_parallel      = 1
      min_healthy_time  = "10s"
      healthy_deadline  = "3m"
      progress_deadline = "4m"
    }

    restart { # room to wait for db, queue
      attempts = 5
      interval = "5m"
      delay    = "10s"
      mode     = "fail"
    }

    task "worker" {
      driver = "docker"

      config {
        image   = "ghcr.io/muster-examples/shop:7.0.2" # `image` beside `build` names what is built (docker-compose.yml:3)
        command = "celery"                             # `command` of the service (docker-compose.yml:29)
        args    = ["-A", "shop", "worker", "--loglevel", "info"]
      }

      env {
        DB_NAME = "shop" # environment of the service (docker-compose.yml:8)
        DB_USER = "shop" # environment of the service (docker-compose.yml:9)
      }

      template { # DB_HOST names another service (docker-compose.yml:6); DB_PORT names another service (docker-compose.yml:7); BROKER_URL names another service (docker-compose.yml:11)
        destination = "local/addresses.env"
        env         = true
        data        = <<-EOT
          DB_HOST="{{ with service "django-postgres-worker-db" }}{{ with index . 0 }}{{ .Address }}{{ end }}{{ end }}"
          DB_PORT="{{ with service "django-postgres-worker-db" }}{{ with index . 0 }}{{ .Port }}{{ end }}{{ end }}"
          BROKER_URL="redis://{{ with service "django-postgres-worker-queue" }}{{ with index . 0 }}{{ .Address }}:{{ .Port }}{{ end }}{{ end }}/0"
        EOT
      }

      template { # DJANGO_SECRET_KEY is a secret in nomad-var:nomad/jobs/shop; DB_PASSWORD is a secret in nomad-var:nomad/jobs/shop
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/shop" }}
          DJANGO_SECRET_KEY={{ .django_secret_key | toJSON }}
          DB_PASSWORD={{ .db_password | toJSON }}
          {{ end }}
        EOT
      }

      resources {
        cpu    = 500 # medium: python code without heavy libraries (requirements.txt:1)
        memory = 512 # medium: python code without heavy libraries (requirements.txt:1)
      }
    }
  }

  group "db" {
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
      port "tcp" {
        to = 5432 # expose '5432' (docker-compose.yml:39)
      }
    }

    volume "shop-db" { # volume shop-db:/var/lib/postgresql/data (docker-compose.yml:38)
      type   = "host"
      source = "shop-db"
    }

    service {
      name = "django-postgres-worker-db"
      port = "tcp"

      check { # healthcheck CMD-SHELL pg_isready -U shop (docker-compose.yml:40)
        type     = "script"
        command  = "/bin/sh"
        args     = ["-c", "pg_isready -U shop"]
        task     = "db"
        interval = "5s"
        timeout  = "2s"
      }
    }

    task "db" {
      driver = "docker"

      config {
        image = "postgres:17.2-alpine" # `image` of the service (docker-compose.yml:33)
        ports = ["tcp"]
      }

      env {
        POSTGRES_DB   = "shop" # environment of the service (docker-compose.yml:35)
        POSTGRES_USER = "shop" # environment of the service (docker-compose.yml:36)
      }

      template { # POSTGRES_PASSWORD is a secret in nomad-var:nomad/jobs/shop
        destination = "${NOMAD_SECRETS_DIR}/secrets.env"
        env         = true
        change_mode = "restart"
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/shop" }}
          POSTGRES_PASSWORD={{ .db_password | toJSON }}
          {{ end }}
        EOT
      }

      volume_mount {
        volume      = "shop-db"
        destination = "/var/lib/postgresql/data"
      }

      resources {
        cpu    = 500 # medium: the image is postgres (docker-compose.yml:33)
        memory = 512 # medium: the image is postgres (docker-compose.yml:33)
      }
    }
  }

  group "queue" {
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
      port "tcp" {
        to = 6379 # expose '6379' (docker-compose.yml:46)
      }
    }

    service {
      name = "django-postgres-worker-queue"
      port = "tcp"

      check { # no HTTP route is known: an open port counts
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "queue" {
      driver = "docker"

      config {
        image = "redis:7.4-alpine" # `image` of the service (docker-compose.yml:45)
        ports = ["tcp"]
      }

      resources {
        cpu    = 200 # light: the image is redis (docker-compose.yml:45)
        memory = 128 # light: the image is redis (docker-compose.yml:45)
      }
    }
  }
}
