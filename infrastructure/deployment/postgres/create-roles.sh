#!/bin/sh
# Run once by the Postgres image, when it makes its data folder: the roles and databases of the product and of Temporal.
# tchat_owner runs migrations; tchat_app owns nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --set=owner_password="$TCHAT_OWNER_PASSWORD" \
  --set=app_password="$TCHAT_APP_PASSWORD" \
  --set=temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE tchat_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE tchat_app LOGIN PASSWORD :'app_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE tchat OWNER tchat_owner;
REVOKE ALL ON DATABASE tchat FROM PUBLIC;
GRANT CONNECT ON DATABASE tchat TO tchat_app;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
SQL
