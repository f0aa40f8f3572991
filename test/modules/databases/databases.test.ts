import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import mysqlDb from '../../../modules/databases/mysql_db.ts';
import mysqlReplication from '../../../modules/databases/mysql_replication.ts';
import mysqlUser from '../../../modules/databases/mysql_user.ts';
import postgresqlDb from '../../../modules/databases/postgresql_db.ts';
import postgresqlPrivs from '../../../modules/databases/postgresql_privs.ts';
import { withPrograms } from '../cases/case.ts';
import { mariadb, psql } from '../cases/database-cases.ts';
import { driveModule } from '../local-host.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-databases-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const password = `p'w"\\# of it`;

test('a password is in no command line, and the client reads it whole', async () => {
  const dir = mkdtempSync(join(root, 'login-'));
  const program = `case $1 in --defaults-file=*) cat "\${1#*=}" >>"$STATE/options" ;; esac\n${mariadb}`;
  const remote = await withPrograms(dir, { mariadb: program });
  const args = mysqlUser.args.parse({ name: 'shop', password, login_user: 'adm', login_password: password });
  await driveModule(mysqlUser.run(remote, args), remote);
  const words = remote.ran.map(({ argv }) => argv.join(' ')).join('\n');
  expect(words).toContain('--user=adm');
  expect(words).not.toContain(password);

  expect(readFileSync(join(dir, 'state/options'), 'utf8')).toContain(`password="p'w\\"\\\\# of it"\n`);
  expect(readFileSync(join(dir, 'state/user'), 'utf8')).toContain(`CREATE USER 'shop'@'localhost' IDENTIFIED BY 'p''w"\\\\# of it';`);
});

test('a host without the client is told so', async () => {
  const remote = await withPrograms(mkdtempSync(join(root, 'none-')), { mariadb: '', psql: '' }, { env: { PATH: '/nowhere' } });
  await expect(driveModule(mysqlUser.run(remote, mysqlUser.args.parse({ name: 'a' })), remote)).rejects.toMatchObject({
    code: 'SW6011',
    message: 'user a: the host has no mysql',
  });
  await expect(driveModule(postgresqlDb.run(remote, postgresqlDb.args.parse({ name: 'a' })), remote)).rejects.toMatchObject({
    code: 'SW6011',
    message: 'database a: the host has no psql',
  });
});

test('an error of a client is told without the statement, which has the password', async () => {
  const [echo, near] = [`CREATE USER 'a' IDENTIFIED BY '${password}'`, `You have an error; use near 'BY '${password}'`];
  const mysql = `cat >/dev/null; cat >&2 <<'END'\n--------------\n${echo}\n--------------\n\nERROR 1064 (42000) at line 2: ${near}' at line 1\nEND\nexit 1`;
  const pg = `cat >/dev/null; cat >&2 <<'END'\nNOTICE:  a name is long\nERROR:  syntax error at or near "PASSWORD"\nLINE 1: ...a PASSWORD '${password}\n           ^\nHINT:  Think.\nEND\nexit 3`;
  const remote = await withPrograms(mkdtempSync(join(root, 'error-')), { mariadb: mysql, psql: pg });
  await expect(driveModule(mysqlUser.run(remote, mysqlUser.args.parse({ name: 'a', password })), remote)).rejects.toMatchObject({
    message: 'user a: ERROR 1064 (42000) at line 2: You have an error; use',
    detail: 'ERROR 1064 (42000) at line 2: You have an error; use',
  });
  await expect(driveModule(postgresqlDb.run(remote, postgresqlDb.args.parse({ name: 'a' })), remote)).rejects.toMatchObject({
    message: 'database a: ERROR:  syntax error at or near "PASSWORD"',
    detail: 'ERROR:  syntax error at or near "PASSWORD"\nHINT:  Think.',
  });
});

test.each([
  ["ERROR 1045 (28000): Access denied for user 'root'@'localhost'", 'login_user:'],
  ['psql: error: FATAL:  Peer authentication failed for user "postgres"', 'become_user: postgres'],
])('the hint for %s', async (error, hint) => {
  const program = `cat >/dev/null; echo ${JSON.stringify(error)} >&2; exit 1`;
  const remote = await withPrograms(mkdtempSync(join(root, 'hint-')), { mariadb: program, psql: program });
  const run = error.startsWith('psql')
    ? driveModule(postgresqlDb.run(remote, postgresqlDb.args.parse({ name: 'a' })), remote)
    : driveModule(mysqlUser.run(remote, mysqlUser.args.parse({ name: 'a' })), remote);
  await expect(run).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
});

test.each([{ priv: '' }, { priv: ' / ' }, { priv: {} }, { login_password: 'x'.repeat(5000) }])('mysql_user refuses %j', (more) => {
  expect(mysqlUser.args.safeParse({ name: 'a', ...more }).success).toBe(false);
});

test('two dumps at once do not write into one file', async () => {
  const dir = mkdtempSync(join(root, 'dump-'));
  const remote = await withPrograms(dir, {
    mariadb: `sed -n '$p' >/dev/null; printf '@@l\\n0\\nDatabase\\nshop\\n'`,
    'mariadb-dump': 'until ls -- *.swarm-new* 2>/dev/null; do :; done', // the other end of the pipe opens the file
  });
  const names: string[] = [];
  for (const _ of [1, 2]) {
    const args = mysqlDb.args.parse({ name: 'shop', state: 'dump', target: join(dir, 'shop.sql') });
    await driveModule(mysqlDb.run(remote, args), remote);
    names.push(readFileSync(join(dir, 'shop.sql'), 'utf8'));
  }
  expect(names[0]).toMatch(/^shop\.sql\.swarm-new\.\d+@.*@\n$/);
  expect(names[1]).not.toBe(names[0]);
});

test('an empty session_role is none', async () => {
  const dir = mkdtempSync(join(root, 'role-'));
  const remote = await withPrograms(dir, { psql: 'cat >>"$STATE/sql"' });
  await driveModule(postgresqlDb.run(remote, postgresqlDb.args.parse({ name: 'a', session_role: '' })), remote);
  expect(readFileSync(join(dir, 'state/sql'), 'utf8')).not.toContain('SET ROLE');
});

test('a replica is set up, started, and left as it is', async () => {
  const dir = mkdtempSync(join(root, 'replica-'));
  const remote = await withPrograms(dir, { mariadb });
  const run = async (args: object) => {
    const { changes, result } = await driveModule(mysqlReplication.run(remote, mysqlReplication.args.parse(args)), remote);
    return { changes: changes.length, result };
  };
  expect(await run({ mode: 'getprimary' })).toEqual({ changes: 0, result: { Is_Primary: true, File: 'bin.1', Position: 328 } });
  expect(await run({})).toEqual({ changes: 0, result: { Is_Replica: false } });
  await expect(run({ mode: 'startreplica' })).rejects.toThrow('the server is not a replica');
  const primary = {
    mode: 'changeprimary',
    primary_host: 'db1',
    primary_user: 'repl',
    primary_password: "a'b",
    primary_use_gtid: 'disabled',
  };
  const from = { primary_log_file: 'bin.1', primary_log_pos: 4 };
  expect((await run({ ...primary, ...from })).changes).toBe(1);
  expect(readFileSync(join(dir, 'state/replica'), 'utf8')).toContain(
    "CHANGE MASTER TO MASTER_HOST='db1', MASTER_USER='repl', MASTER_USE_GTID=no, MASTER_PASSWORD='a''b', MASTER_LOG_FILE='bin.1', MASTER_LOG_POS=4;",
  );
  expect((await run({ ...primary, ...from })).changes).toBe(0);
  expect((await run({ ...primary, primary_log_pos: 9 })).changes).toBe(1);
  expect((await run({ mode: 'startreplica' })).changes).toBe(1);
  expect((await run({ mode: 'startreplica' })).changes).toBe(0);
  expect((await run({ ...primary, primary_log_pos: 9 })).changes).toBe(0); // it has gone on from there
  expect((await run({ ...primary, primary_host: 'db2' })).changes).toBe(1);
  expect(readFileSync(join(dir, 'state/replica'), 'utf8')).toMatch(/STOP SLAVE;\nCHANGE MASTER TO MASTER_HOST='db2'.*;\nSTART SLAVE;/);
  expect((await run({})).result).toMatchObject({ Is_Replica: true, Slave_IO_Running: 'Yes', Lag: null, Read_Master_Log_Pos: 4 });
});

test.each([
  ['10.11.6-MariaDB', "STOP SLAVE 'a''b';"],
  ['8.0.22', "STOP SLAVE FOR CHANNEL 'a''b';"],
  ['8.0.30', "STOP REPLICA FOR CHANNEL 'a''b';"],
])('the words for replication are those of %s, and a connection that is not there is none', async (version, expected) => {
  const column = version.includes('MariaDB') ? 'Connection_name' : 'Channel_Name';
  const dir = mkdtempSync(join(root, 'words-'));
  const program = `sql=$(cat); printf '%s' "$sql" >>"$STATE/asked"
case $sql in *VERSION*) printf 'v\\n${version}\\n' ;; *STATUS*) printf "${column}\\tReplica_IO_Running\\nother\\tYes\\n"; [ ! -e "$STATE/there" ] || printf "a'b\\tYes\\n" ;; esac`;
  const remote = await withPrograms(dir, { mariadb: program });
  const args = mysqlReplication.args.parse({ mode: 'stopreplica', connection_name: "a'b" });
  expect((await driveModule(mysqlReplication.run(remote, args), remote)).changes).toEqual([]);
  writeFileSync(join(dir, 'state/there'), '');
  await driveModule(mysqlReplication.run(remote, args), remote);
  expect(readFileSync(join(dir, 'state/asked'), 'utf8')).toContain(expected);
});

test('what PostgreSQL cannot change of a database is an error', async () => {
  const dir = mkdtempSync(join(root, 'kept-'));
  const remote = await withPrograms(dir, { psql });
  writeFileSync(join(dir, 'state/made'), '');
  const run = (more: object) => driveModule(postgresqlDb.run(remote, postgresqlDb.args.parse({ name: 'a', ...more })), remote);
  expect((await run({ owner: 'other', conn_limit: 3 })).changes.map(({ after }) => after)).toEqual(['owner other\n', 'conn_limit 3\n']);
  await expect(run({ lc_collate: 'de_DE.UTF-8' })).rejects.toMatchObject({
    code: 'SW6012',
    message: expect.stringContaining('not de_DE.UTF-8'),
  });
});

/** The statements for a role that has SELECT, and may hand UPDATE on. */
test.each([
  [{ privs: 'SELECT' }, []],
  [{ privs: 'SELECT,INSERT' }, ['GRANT SELECT, INSERT ON TABLE "public"."it""s" TO "r"";";']],
  [{ privs: 'ALL', state: 'absent' }, ['REVOKE SELECT, UPDATE ON TABLE "public"."it""s" FROM "r"";";']],
  [{ privs: 'SELECT', grant_option: true }, ['GRANT SELECT ON TABLE "public"."it""s" TO "r"";" WITH GRANT OPTION;']],
  [{ privs: 'UPDATE', grant_option: false }, ['REVOKE GRANT OPTION FOR UPDATE ON TABLE "public"."it""s" FROM "r"";";']],
  [{ privs: 'UPDATE', grant_option: true }, []],
  [{ type: 'sequence', schema: 's', privs: 'UPDATE', state: 'absent' }, ['REVOKE UPDATE ON SEQUENCE "s"."it""s" FROM "r"";";']],
  [{ type: 'group' }, ['GRANT "it""s" TO "r"";";']],
  [{ type: 'function', objs: 'add(int:text)', privs: 'EXECUTE' }, ['GRANT EXECUTE ON FUNCTION "public"."add"(int, text) TO "r"";";']],
  [
    { type: 'default_privs', objs: 'TABLES', privs: 'INSERT', schema: 's', target_roles: 'o' },
    ['ALTER DEFAULT PRIVILEGES FOR ROLE "o" IN SCHEMA "s" GRANT INSERT ON TABLES TO "r"";";'],
  ],
  [
    { type: 'default_privs', objs: 'TABLES', privs: 'INSERT', schema: 'not-specified' },
    ['ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO "r"";";'],
  ],
  [
    { type: 'default_privs', objs: 'TABLES', privs: 'INSERT' },
    ['ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT INSERT ON TABLES TO "r"";";'],
  ],
])('privileges %j', async (more, statements) => {
  const dir = mkdtempSync(join(root, 'privs-'));
  const rows = ['it\\"s', 'add(int, text)', 'TABLES'].map(
    (object) => `{"object":"${object}","has":["SELECT","UPDATE*"],"all":["SELECT","UPDATE"]}`,
  );
  const remote = await withPrograms(dir, { psql: `cat <<'END'\n${rows.join('\n')}\nEND` });
  const args = postgresqlPrivs.args.parse({ db: 'shop', roles: 'r";', objs: 'it"s', ...more });
  const planned: (string | undefined)[] = [];
  for await (const { after } of postgresqlPrivs.run(remote, args)) planned.push(after);
  expect(planned).toEqual(statements.map((each) => `${each}\n`));
});

test('privileges that PostgreSQL does not give, with a warning only, are an error', async () => {
  const psql = 'cat >/dev/null; echo \'{"object":"orders","has":[],"all":["SELECT"]}\'; echo "WARNING:  no privileges were granted" >&2';
  const remote = await withPrograms(mkdtempSync(join(root, 'not-')), { psql });
  const args = postgresqlPrivs.args.parse({ db: 'shop', roles: 'r', privs: 'SELECT', objs: 'orders', login_user: 'guest' });
  await expect(driveModule(postgresqlPrivs.run(remote, args), remote)).rejects.toMatchObject({
    message: 'privileges of r on orders: PostgreSQL did not change them',
    hint: expect.stringContaining('guest may not'),
  });
});

test('an object that the database does not have is an error', async () => {
  const remote = await withPrograms(mkdtempSync(join(root, 'no-')), { psql: ':' });
  const args = postgresqlPrivs.args.parse({ db: 'shop', roles: 'r', privs: 'SELECT', objs: 'gone' });
  await expect(driveModule(postgresqlPrivs.run(remote, args), remote)).rejects.toThrow('database shop has no table gone');
});
