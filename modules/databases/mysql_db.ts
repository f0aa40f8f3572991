import {
  absolutePath,
  type Change,
  defineModule,
  type MysqlLogin,
  mysqlLoginArgs,
  mysqlOptions,
  mysqlScript,
  mysqlWords,
  queryMysql,
  quoteMysqlName,
  readMysqlFailure,
  readScript,
  requireFileOrAbsence,
  runMysql,
  runScript,
  SwarmError,
  statFile,
  withSweepLeftovers,
  z,
} from '../../src/index.ts';

const databaseName = z.string().regex(/^[^\0\n/\\]{1,64}$/, 'must be the name of a database');
const charset = z.string().regex(/^\w*$/, 'must be the name of a character set or a collation').default('');

const args = z
  .strictObject({
    name: z
      .union([databaseName, z.array(databaseName).min(1)])
      .transform((value) => [value].flat())
      .describe('The database, or a list of them'),
    state: z
      .enum(['present', 'absent', 'import', 'dump'])
      .default('present')
      .describe(
        'present: the database is there; absent: it is removed with all that is in it; import: the statements of target are run; dump: target gets its content',
      ),
    encoding: charset.describe('Of a new database: its character set'),
    collation: charset.describe('Of a new database: its collation'),
    target: absolutePath.optional().describe('With import and dump: the file of the host; one that ends in .gz, .bz2 or .xz is packed'),
    ...mysqlLoginArgs,
  })
  .refine(({ state, target, name }) => !['import', 'dump'].includes(state) || (target !== undefined && name.length === 1), {
    error: 'state: import and state: dump need target and one name',
  });

export default defineModule({
  summary: 'Keep a database of MySQL or MariaDB',
  args,
  returns: z.strictObject({ name: z.array(z.string()) }),
  freeForm: 'name',
  example: `mysql_db:
  name: shop
  encoding: utf8mb4
`,
  async *run(probe, { name: names, state, encoding, collation, target = '', ...login }) {
    const subject = `database ${names.join(', ')}`;
    const [, [folded] = [], , ...rows] = await queryMysql(probe, login, 'SELECT @@lower_case_table_names;\nSHOW DATABASES;\n', subject);
    // a server can be set up so that it knows names in small letters only
    const plain = (name: string): string => (folded === '0' ? name : name.toLowerCase());
    const found = new Set(rows.map(([name = '']) => plain(name)));
    const missing = names.filter((name) => !found.has(plain(name)));
    if (state === 'dump' && missing.length > 0 && !probe.check)
      throw new SwarmError('SW6012', `there is no database ${missing.join(', ')}`, { hint: 'Correct the name.' });
    if (state === 'import' && (await statFile(probe, target)).stat.type === 'absent' && !probe.check)
      throw new SwarmError('SW6012', `${target} does not exist`, { hint: 'Write target: with a file of the host.' });
    if (state === 'dump') await requireFileOrAbsence(probe, target);
    const wanted = `${encoding && ` CHARACTER SET ${encoding}`}${collation && ` COLLATE ${collation}`}`;
    if (state === 'present' || state === 'import')
      for (const name of missing) yield statement('create', login, name, `CREATE DATABASE ${quoteMysqlName(name)}${wanted};\n`);
    if (state === 'absent')
      for (const name of names.filter((each) => found.has(plain(each))))
        yield statement('delete', login, name, `DROP DATABASE ${quoteMysqlName(name)};\n`);
    if (state === 'import' || state === 'dump') yield copy(state, login, names[0] ?? '', target);
    return { name: names };
  },
});

const statement = (verb: 'create' | 'delete', login: MysqlLogin, name: string, sql: string): Change => ({
  verb,
  subject: `database ${name}`,
  before: verb === 'create' ? '' : `${name}\n`,
  after: verb === 'create' ? `${name}\n` : '',
  apply: (remote) => runMysql(remote, login, sql, `database ${name}`),
});

function copy(action: 'import' | 'dump', login: MysqlLogin, name: string, target: string): Change {
  const [config = '', ...options] = mysqlWords(login);
  const script = mysqlScript(withSweepLeftovers(readScript(import.meta.dirname, 'mysql_db-copy.sh')));
  return {
    verb: 'run',
    subject: `${action} of database ${name}`,
    apply: async (remote) =>
      void (await runScript(
        remote,
        script,
        [config, action, name, target, ...options],
        `${action} of ${name}`,
        mysqlOptions(login),
        readMysqlFailure,
      )),
  };
}
