#!/bin/sh
# Brings Temporal's two databases to the schema of this version of its tools. Harmless when repeated.
# SQL_PASSWORD is read by the tool itself.
set -eu
for database in temporal temporal_visibility; do
  tool="temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal --database $database"
  schema="${database#temporal_}"
  $tool setup-schema --version 0.0
  $tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
