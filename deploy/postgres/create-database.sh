#!/bin/sh
# Run once by the container of PostgreSQL, as its superuser: the role and the database of Steelyard, without further rights.
set -eu
password=$(cat /run/secrets/steelyard_password)
psql -v ON_ERROR_STOP=1 -v password="$password" -d postgres <<'SQL'
CREATE ROLE steelyard LOGIN PASSWORD :'password';
CREATE DATABASE steelyard OWNER steelyard ENCODING 'UTF8' TEMPLATE template0;
SQL
