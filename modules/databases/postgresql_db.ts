import {
  type Change,
  defineModule,
  type PostgresqlLogin,
  postgresqlLoginArgs,
  queryPostgresql,
  quotePostgresqlName,
  quotePostgresqlText,
  runPostgresql,
  SwarmError,
  z,
} from '../../src/index.ts';

const text = z.string().regex(/^[^\0\n]*$/, 'must be one line');
const databaseName = text.regex(/^.{1,63}$/s, 'must be the name of a database');

const args = z.strictObject({
  name: databaseName.describe('Name of the database'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('present: the database is there; absent: it is removed with all that is in it'),
  owner: text.optional().describe('Role that owns it'),
  encoding: text.default('').describe('Of a new database: how it keeps text, such as UTF8'),
  lc_collate: text.default('').describe('Of a new database: the locale for sorting'),
  lc_ctype: text.default('').describe('Of a new database: the locale for letters'),
  template: text.default('').describe('Of a new database: the database that it is a copy of'),
  tablespace: text.optional().describe('Tablespace of the database'),
  conn_limit: z.int().min(-1).optional().describe('How many connections it takes; -1: any number'),
  force: z.boolean().default(false).describe('With state: absent, end the connections of others first'),
  maintenance_db: databaseName.default('postgres').describe('Database with which to connect'),
  ...postgresqlLoginArgs,
});

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Keep a database of PostgreSQL',
  args,
  returns: z.strictObject({ name: z.string(), state: z.enum(['present', 'absent']) }),
  freeForm: 'name',
  example: `postgresql_db:
  name: shop
  owner: shop
`,
  async *run(probe, wanted) {
    const { name, state, force, maintenance_db } = wanted;
    const [found] = await queryPostgresql(probe, wanted, maintenance_db, selectDatabase(wanted), `database ${name}`);
    const quoted = quotePostgresqlName(name);
    if (state === 'absent' && found !== undefined)
      yield statement('delete', wanted, `DROP DATABASE ${quoted}${force ? ' WITH (FORCE)' : ''};`, `${name}\n`, '');
    if (state === 'present' && found === undefined) yield statement('create', wanted, printCreate(wanted), '', `${name}\n`);
    if (state === 'present' && found !== undefined) {
      assertKept(wanted, found);
      const rows = [
        ['owner', wanted.owner || undefined, found['owner'], `OWNER TO ${quotePostgresqlName(wanted.owner ?? '')}`],
        ['conn_limit', wanted.conn_limit, found['conn_limit'], `CONNECTION LIMIT ${wanted.conn_limit}`],
        [
          'tablespace',
          wanted.tablespace || undefined,
          found['tablespace'],
          `SET TABLESPACE ${quotePostgresqlName(wanted.tablespace ?? '')}`,
        ],
      ] as const;
      for (const [field, value, current, clause] of rows)
        if (value !== undefined && value !== current)
          yield statement('update', wanted, `ALTER DATABASE ${quoted} ${clause};`, `${field} ${current}\n`, `${field} ${value}\n`);
    }
    return { name, state };
  },
});

const selectDatabase = ({ name, encoding }: Wanted): string => `SELECT row_to_json(d) FROM (
  SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate AS lc_collate, datctype AS lc_ctype,
    datconnlimit AS conn_limit, (SELECT spcname FROM pg_tablespace t WHERE t.oid = dattablespace) AS tablespace,
    encoding = pg_char_to_encoding(${quotePostgresqlText(encoding)}) AS has_encoding
  FROM pg_database WHERE datname = ${quotePostgresqlText(name)}) d;
`;

function printCreate({ name, owner, encoding, lc_collate, lc_ctype, template, tablespace, conn_limit }: Wanted): string {
  const parts = [
    owner && `OWNER ${quotePostgresqlName(owner)}`,
    template && `TEMPLATE ${quotePostgresqlName(template)}`,
    encoding && `ENCODING ${quotePostgresqlText(encoding)}`,
    lc_collate && `LC_COLLATE ${quotePostgresqlText(lc_collate)}`,
    lc_ctype && `LC_CTYPE ${quotePostgresqlText(lc_ctype)}`,
    tablespace && `TABLESPACE ${quotePostgresqlName(tablespace)}`,
    conn_limit !== undefined && `CONNECTION LIMIT ${conn_limit}`,
  ].filter(Boolean);
  return `CREATE DATABASE ${quotePostgresqlName(name)} ${parts.join(' ')};`;
}

/** Throws SW6012 for what PostgreSQL cannot change of a database. */
function assertKept({ name, encoding, lc_collate, lc_ctype }: Wanted, found: Readonly<Record<string, unknown>>): void {
  const plain = (locale: unknown): string => String(locale).toLowerCase().replaceAll('-', '');
  const rows = [
    ['encoding', encoding, found['has_encoding'] === true],
    ['lc_collate', lc_collate, plain(lc_collate) === plain(found['lc_collate'])],
    ['lc_ctype', lc_ctype, plain(lc_ctype) === plain(found['lc_ctype'])],
  ] as const;
  const [field, value] = rows.find(([, each, isSame]) => each !== '' && !isSame) ?? [];
  if (field !== undefined)
    throw new SwarmError('SW6012', `database ${name} has ${field} ${found[field]}, not ${value}, and PostgreSQL cannot change it`, {
      hint: `Write ${field}: ${found[field]}, or make the database anew.`,
    });
}

const statement = (
  verb: Change['verb'],
  wanted: PostgresqlLogin & { name: string; maintenance_db: string },
  sql: string,
  before: string,
  after: string,
): Change => ({
  verb,
  subject: `database ${wanted.name}`,
  before,
  after,
  apply: (remote) => runPostgresql(remote, wanted, wanted.maintenance_db, `${sql}\n`, `database ${wanted.name}`),
});
