#!/usr/bin/env bash
# Starts what the tests marked `services` talk to, where nobody listens yet: PostgreSQL and RabbitMQ of Debian, on
# loopback, with data in a folder of their own. As root it installs them first. `stop` ends those that it started.
#
#     scripts/services.sh [start|stop]
set -euo pipefail

HOME_OF_DATA=${SERVICES_HOME:-/var/tmp/muster-services}
POSTGRES_PORT=${POSTGRES_PORT:-5432}
RABBITMQ_PORT=${RABBITMQ_PORT:-5672}
PATIENCE_S=60

listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

wait_for() { # PORT NAME
	for _ in $(seq $((PATIENCE_S * 5))); do listens "$1" && return; sleep 0.2; done
	echo "$2 did not listen at 127.0.0.1:$1 within $PATIENCE_S s; its log is in $HOME_OF_DATA" >&2
	exit 1
}

install() { # COMMAND PACKAGE
	command -v "$1" > /dev/null && return
	if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
		echo "$2 is needed, and nothing listens at its port: apt-get install $2" >&2
		exit 1
	fi
	apt-get update -qq
	# Debian starts what it installs, at the usual port and with rules of its own; ours is apart
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -yqq "$2" > /dev/null
}

as() { # USER COMMAND...: a database refuses to be root's
	if [ "$(id -u)" = 0 ]; then runuser -u "$1" -- "${@:2}"; else "${@:2}"; fi
}

own_folder() { # USER FOLDER
	mkdir -p "$2"
	if [ "$(id -u)" = 0 ]; then chown "$1" "$2"; fi
}

start_postgres() {
	listens "$POSTGRES_PORT" && return
	install pg_ctlcluster postgresql
	bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -1)
	data=$HOME_OF_DATA/postgres
	own_folder postgres "$data"
	[ -e "$data/PG_VERSION" ] || as postgres "$bin/initdb" -D "$data" -U postgres -A trust > "$HOME_OF_DATA/initdb.log"
	as postgres "$bin/pg_ctl" -D "$data" -l "$data/server.log" -s -w -t "$PATIENCE_S" \
		-o "-h 127.0.0.1 -p $POSTGRES_PORT -k $data -c max_connections=200" start
}

start_rabbitmq() {
	listens "$RABBITMQ_PORT" && return
	install rabbitmq-server rabbitmq-server
	data=$HOME_OF_DATA/rabbitmq
	own_folder rabbitmq "$data"
	echo "listeners.tcp.default = 127.0.0.1:$RABBITMQ_PORT" > "$data/rabbitmq.conf"  # the machine's own is not read
	touch "$data/rabbitmq-env.conf"
	# the machine's node name and cookie: rabbitmqctl finds it without being told
	as rabbitmq env RABBITMQ_CONFIG_FILE="$data/rabbitmq" RABBITMQ_CONF_ENV_FILE="$data/rabbitmq-env.conf" \
		RABBITMQ_DIST_PORT=$((RABBITMQ_PORT + 20000)) HOME=/var/lib/rabbitmq \
		RABBITMQ_MNESIA_BASE="$data/mnesia" RABBITMQ_LOG_BASE="$data" RABBITMQ_PID_FILE="$data/pid" \
		RABBITMQ_ENABLED_PLUGINS_FILE="$data/plugins" \
		setsid rabbitmq-server > "$HOME_OF_DATA/rabbitmq.log" 2>&1 < /dev/null &
	wait_for "$RABBITMQ_PORT" RabbitMQ
}

stop_all() {
	data=$HOME_OF_DATA/postgres
	if [ -e "$data/postmaster.pid" ]; then kill -INT "$(head -1 "$data/postmaster.pid")"; fi
	if [ -e "$HOME_OF_DATA/rabbitmq/pid" ]; then kill "$(cat "$HOME_OF_DATA/rabbitmq/pid")"; fi
}

mkdir -p "$HOME_OF_DATA"
case ${1:-start} in
	start) start_postgres; start_rabbitmq ;;
	stop) stop_all ;;
	*) echo "usage: scripts/services.sh [start|stop]" >&2; exit 2 ;;
esac
