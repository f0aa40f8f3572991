import {
  type Change,
  defineModule,
  isMysqlPassword,
  type MysqlLogin,
  type MysqlPrivileges,
  mysqlLoginArgs,
  type Probe,
  parseMysqlPrivileges,
  planMysqlGrants,
  printMysqlPrivileges,
  queryMysql,
  quoteMysqlText,
  readMysqlGrants,
  runMysql,
  z,
} from '../../src/index.ts';

const text = z.string().regex(/^[^\0]*$/, 'must not contain a NUL');
const privileges = z.union([
  text,
  z.record(text, z.union([text, z.array(text)])).transform((map) =>
    Object.entries(map)
      .map(([object, list]) => `${object}:${[list].flat().join(',')}`)
      .join('/'),
  ),
]);

const args = z
  .strictObject({
    name: text.max(128).describe('Name of the user; empty: the user without a name'),
    host: text.max(255).default('localhost').describe('The host from which the user comes; % for any'),
    host_all: z.boolean().default(false).describe('Every host that the user has'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the user is there; absent: it is removed'),
    password: text.optional().describe('The password; left out: a new user has none'),
    encrypted: z.boolean().default(false).describe('The password is the hash that the server keeps'),
    update_password: z
      .enum(['always', 'on_create'])
      .default('always')
      .describe('always: the password is that one; on_create: only for a new user'),
    priv: privileges
      .refine(
        (list) => parseMysqlPrivileges(list) !== undefined,
        'must be DATABASE.TABLE:PRIVILEGE,PRIVILEGE, several with / between them; *.*:USAGE for none',
      )
      .optional()
      .describe('The privileges: shop.*:ALL/blog.*:SELECT, or a mapping; left out: they stay'),
    append_privs: z.boolean().default(false).describe('Keep the privileges that the user has beside these'),
    tls_requires: z
      .partialRecord(z.enum(['SSL', 'X509', 'CIPHER', 'ISSUER', 'SUBJECT']), text.nullable())
      .optional()
      .describe('What a connection needs: { SSL: null }, { X509: null }, or CIPHER, ISSUER and SUBJECT with a text; {}: nothing'),
    ...mysqlLoginArgs,
  })
  .refine(({ host_all, state }) => !host_all || state === 'absent', { error: 'host_all needs state: absent' });

type Wanted = z.output<typeof args>;
type Row = Readonly<Record<string, string>>;

export default defineModule({
  summary: 'Keep a user of MySQL or MariaDB, with password and privileges',
  args,
  returns: z.strictObject({ name: z.string(), state: z.enum(['present', 'absent']) }),
  example: `mysql_user:
  name: shop
  password: "{{ shop_password }}"
  priv: shop.*:ALL
`,
  async *run(probe, wanted) {
    const { name, state } = wanted;
    const { version, rows } = await readUsers(probe, wanted);
    if (state === 'absent')
      for (const { Host = '' } of rows) yield statement('delete', `user ${name}@${Host}`, wanted, [`DROP USER ${account(name, Host)};`]);
    else yield* presentChanges(probe, wanted, rows[0], version.includes('MariaDB'));
    return { name, state };
  },
});

async function* presentChanges(probe: Probe, wanted: Wanted, found: Row | undefined, isMaria: boolean): AsyncGenerator<Change, void, void> {
  const { name, host, password } = wanted;
  const user = account(name, host);
  const subject = `user ${name}@${host}`;
  const secret = password === undefined ? '' : ` ${identify(password, wanted.encrypted, isMaria)}`;
  if (found === undefined) yield statement('create', subject, wanted, [`CREATE USER ${user}${secret};`]);
  else if (password !== undefined && wanted.update_password === 'always' && !hasPassword(found, password, wanted.encrypted))
    yield statement('update', `password of ${name}@${host}`, wanted, [`ALTER USER ${user}${secret};`]);
  const needs = printNeeds(wanted.tls_requires ?? {});
  if (wanted.tls_requires !== undefined && needs !== readNeeds(found))
    yield statement('update', `connections of ${name}@${host}`, wanted, [`ALTER USER ${user} REQUIRE ${needs};`], readNeeds(found), needs);
  const gets = wanted.priv === undefined ? undefined : parseMysqlPrivileges(wanted.priv);
  if (gets === undefined) return;
  const has: MysqlPrivileges =
    found === undefined
      ? new Map()
      : readMysqlGrants((await queryMysql(probe, wanted, `SHOW GRANTS FOR ${user};\n`, subject)).slice(1).map(([line = '']) => line));
  const plan = planMysqlGrants(user, has, gets, wanted.append_privs);
  const after = wanted.append_privs ? new Map([...has, ...gets]) : gets;
  if (plan.length > 0)
    yield statement('update', `privileges of ${name}@${host}`, wanted, plan, printMysqlPrivileges(has), printMysqlPrivileges(after));
}

const account = (name: string, host: string): string => `${quoteMysqlText(name)}@${quoteMysqlText(host)}`;

/** The rows of the table of users, by the names of its columns, which differ from version to version. */
async function readUsers(
  probe: Probe,
  { name, host, host_all, ...login }: Wanted,
): Promise<{ readonly version: string; readonly rows: readonly Row[] }> {
  const where = `User = ${quoteMysqlText(name)}${host_all ? '' : ` AND Host = ${quoteMysqlText(host)}`}`;
  const sql = `SELECT VERSION();\nSELECT * FROM mysql.user WHERE ${where};\n`;
  const [, [version = ''] = [], columns = [], ...rows] = await queryMysql(probe, login, sql, `user ${name}`);
  return { version, rows: rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? '']))) };
}

function identify(password: string, isHash: boolean, isMaria: boolean): string {
  if (!isHash) return `IDENTIFIED BY ${quoteMysqlText(password)}`;
  if (isMaria) return `IDENTIFIED BY PASSWORD ${quoteMysqlText(password)}`;
  const plugin = password.startsWith('*') ? 'mysql_native_password' : 'caching_sha2_password';
  return `IDENTIFIED WITH ${plugin} AS ${quoteMysqlText(password)}`;
}

function hasPassword(
  { plugin = '', authentication_string: hash = '', Password: old = '' }: Row,
  password: string,
  isHash: boolean,
): boolean {
  const kept = hash === '' || hash === 'NULL' ? old : hash;
  return isHash ? kept === password : isMysqlPassword(plugin, kept, password);
}

function printNeeds(needs: NonNullable<Wanted['tls_requires']>): string {
  if ('SSL' in needs) return 'SSL';
  if ('X509' in needs) return 'X509';
  const parts = (['CIPHER', 'ISSUER', 'SUBJECT'] as const).filter((each) => needs[each]);
  return parts.map((each) => `${each} ${quoteMysqlText(needs[each] ?? '')}`).join(' AND ') || 'NONE';
}

function readNeeds(row: Row | undefined): string {
  const { ssl_type = '', ssl_cipher, x509_issuer, x509_subject } = row ?? {};
  if (ssl_type === 'ANY') return 'SSL';
  if (ssl_type === 'X509') return 'X509';
  if (ssl_type !== 'SPECIFIED') return 'NONE';
  return printNeeds({ CIPHER: ssl_cipher ?? '', ISSUER: x509_issuer ?? '', SUBJECT: x509_subject ?? '' });
}

const statement = (
  verb: Change['verb'],
  subject: string,
  login: MysqlLogin,
  sql: readonly string[],
  before?: string,
  after?: string,
): Change => ({
  verb,
  subject,
  ...(before === undefined ? {} : { before: before === '' || before.endsWith('\n') ? before : `${before}\n` }),
  ...(after === undefined ? {} : { after: after === '' || after.endsWith('\n') ? after : `${after}\n` }),
  apply: (remote) => runMysql(remote, login, `${sql.join('\n')}\n`, subject),
});
