import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PrepareCase, withPrograms } from './case.ts';

/** A client of MariaDB that knows a few statements. What it was told is in $STATE. */
export const mariadb = `sql=$(cat)
has() { case $sql in *"$1"*) ;; *) return 1 ;; esac; }
has 'CREATE DATABASE' && : >"$STATE/made"
has 'CREATE USER' && printf '%s\\n' "$sql" >>"$STATE/user"
has 'REQUIRE SSL' && : >"$STATE/ssl"
has 'GRANT SELECT' && : >"$STATE/granted"
has 'CHANGE MASTER' && printf '%s\\n' "$sql" >>"$STATE/replica"
has 'START SLAVE' && : >"$STATE/runs"
if has 'SHOW SLAVE STATUS'; then
  runs=$([ -e "$STATE/runs" ] && echo Yes || echo No)
  [ ! -e "$STATE/replica" ] || printf 'Slave_IO_Running\\tSlave_SQL_Running\\tMaster_Host\\tMaster_User\\tUsing_Gtid\\tMaster_Log_File\\tRead_Master_Log_Pos\\tLag\\n%s\\t%s\\tdb1\\trepl\\tNo\\tbin.1\\t4\\tNULL\\n' "$runs" "$runs"
elif has 'SHOW MASTER STATUS'; then printf 'File\\tPosition\\nbin.1\\t328\\n'
elif has 'SHOW DATABASES'; then
  printf '@@lower_case_table_names\\n0\\nDatabase\\nmysql\\n'
  [ ! -e "$STATE/made" ] || echo shop
elif has 'mysql.user'; then
  printf 'VERSION()\\n10.11.6-MariaDB-1\\n'
  [ ! -e "$STATE/user" ] || printf 'Host\\tUser\\tplugin\\tauthentication_string\\tssl_type\\nlocalhost\\tshop\\tmysql_native_password\\t%s\\t%s\\n' \
    '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9' "$([ ! -e "$STATE/ssl" ] || echo ANY)"
elif has 'SELECT VERSION();'; then printf 'VERSION()\\n10.11.6-MariaDB-1\\n'
elif has 'SHOW GRANTS'; then
  printf 'Grants\\nGRANT USAGE ON *.* TO shop\\n'
  [ ! -e "$STATE/granted" ] || printf 'GRANT SELECT ON "shop".* TO shop\\n' | tr '"' '\\140'
fi
:`;

/** A psql that knows a few statements. What it was told is in $STATE. */
export const psql = `sql=$(cat)
has() { case $sql in *"$1"*) ;; *) return 1 ;; esac; }
has 'CREATE DATABASE' && : >"$STATE/made"
has 'CREATE ROLE' && : >"$STATE/role"
has 'GRANT SELECT' && : >"$STATE/granted"
if has 'FROM pg_database WHERE'; then
  [ ! -e "$STATE/made" ] || echo '{"owner":"shop","encoding":"UTF8","conn_limit":-1,"has_encoding":true}'
elif has pg_authid; then
  [ ! -e "$STATE/role" ] || echo '{"CREATEDB":true,"LOGIN":true,"password":"md5f433c50293bc7afbe20b67ceb15a1e55","has_expires":true}'
elif has aclexplode; then
  echo '{"object":"orders","has":['"$([ ! -e "$STATE/granted" ] || echo '"SELECT"')"'],"all":["SELECT"]}'
fi
:`;

/** One use of each module of modules/databases. */
export const databaseCases: Readonly<Record<string, PrepareCase>> = {
  mysql_db: async (dir) => {
    await mkdir(join(dir, 'state'), { recursive: true });
    await writeFile(join(dir, '.my.cnf'), '[client]\nuser=root\n');
    return { args: { name: 'shop', encoding: 'utf8mb4', login_password: 'a"b\\c' }, remote: await withPrograms(dir, { mariadb }) };
  },
  mysql_replication: async (dir) => ({
    args: { mode: 'changeprimary', primary_host: 'db1', primary_user: 'repl', primary_password: "a'b" },
    remote: await withPrograms(dir, { mariadb }),
  }),
  postgresql_db: async (dir) => ({ args: { name: `sh"op`, owner: 'shop', encoding: 'UTF-8' }, remote: await withPrograms(dir, { psql }) }),
  postgresql_user: async (dir) => ({
    args: { name: 'shop', password: 'secret', role_attr_flags: 'CREATEDB' },
    remote: await withPrograms(dir, { psql }),
  }),
  postgresql_privs: async (dir) => ({
    args: { db: 'shop', roles: 'reader', privs: 'ALL', objs: 'ALL_IN_SCHEMA' },
    remote: await withPrograms(dir, { psql }),
  }),
  mysql_user: async (dir) => ({
    args: { name: 'shop', password: '123456', priv: 'shop.*:SELECT', tls_requires: { SSL: null } },
    remote: await withPrograms(dir, { mariadb }),
  }),
};
