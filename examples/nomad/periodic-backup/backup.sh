#!/bin/sh
# Dumps the database and keeps the last seven dumps.
set -eu
file="/backups/shop-$(date +%Y-%m-%d).sql.gz"
pg_dump --host "$PGHOST" --username "$PGUSER" shop | gzip > "$file"
ls -1 /backups | head -n -7 | while read -r old; do rm "/backups/$old"; done
