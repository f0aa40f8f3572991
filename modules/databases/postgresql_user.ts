import {
  type Change,
  defineModule,
  isPostgresqlPassword,
  postgresqlLoginArgs,
  queryPostgresql,
  quotePostgresqlName,
  quotePostgresqlText,
  runPostgresql,
  z,
} from '../../src/index.ts';

const text = z.string().regex(/^[^\0\n]*$/, 'must be one line');
const roleName = text.regex(/^.{1,63}$/s, 'must be the name of a role');
const FLAGS = ['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'INHERIT', 'LOGIN', 'REPLICATION', 'BYPASSRLS'];

const args = z.strictObject({
  name: roleName.describe('Name of the role'),
  state: z.enum(['present', 'absent']).default('present').describe('present: the role is there; absent: it is removed'),
  password: text.optional().describe('The password, or its hash (md5… or SCRAM-SHA-256$…); empty: none'),
  no_password_changes: z.boolean().default(false).describe('Set the password of a new role only'),
  role_attr_flags: z
    .string()
    .transform((list) =>
      list
        .split(',')
        .map((each) => each.trim().toUpperCase())
        .filter((each) => each !== ''),
    )
    .refine((list) => list.every((each) => FLAGS.includes(each.replace(/^NO/, ''))), `must be of ${FLAGS.join(', ')}, or with NO before it`)
    .default([])
    .describe('What the role may do: CREATEDB,NOSUPERUSER'),
  conn_limit: z.int().min(-1).optional().describe('How many connections it may have; -1: any number'),
  expires: text.optional().describe('When the password ends: 2030-01-31 12:00, or infinity'),
  comment: text.optional().describe('Comment on the role'),
  db: text.default('').describe('Database with which to connect; left out: postgres'),
  ...postgresqlLoginArgs,
});

type Wanted = z.output<typeof args>;
type Row = Readonly<Record<string, unknown>>;

export default defineModule({
  summary: 'Keep a role of PostgreSQL that can log in',
  args,
  returns: z.strictObject({ name: z.string(), state: z.enum(['present', 'absent']) }),
  example: `postgresql_user:
  name: shop
  password: "{{ shop_password }}"
  role_attr_flags: NOSUPERUSER,CREATEDB
`,
  async *run(probe, wanted) {
    const { name, state, password } = wanted;
    const [found] = await queryPostgresql(probe, wanted, wanted.db || 'postgres', selectRole(wanted), `role ${name}`);
    const quoted = quotePostgresqlName(name);
    if (state === 'absent') {
      if (found !== undefined) yield statement('delete', wanted, `role ${name}`, `DROP ROLE ${quoted};`);
      return { name, state };
    }
    const options = changedOptions(wanted, found);
    const hasPassword =
      password === undefined || (found !== undefined && (wanted.no_password_changes || isSamePassword(found, name, password)));
    const secret = password === undefined ? '' : ` PASSWORD ${password === '' ? 'NULL' : quotePostgresqlText(password)}`;
    const words = options.map(([word]) => word).join(' ');
    const [before, after] = [1, 2].map((at) => options.map((each) => `${each[at]}\n`).join(''));
    if (found === undefined)
      yield statement('create', wanted, `role ${name}`, `CREATE ROLE ${quoted} WITH ${words}${secret};`, '', `${name}\n${after}`);
    else if (options.length > 0) yield statement('update', wanted, `role ${name}`, `ALTER ROLE ${quoted} WITH ${words};`, before, after);
    if (found !== undefined && !hasPassword)
      yield statement('update', wanted, `password of ${name}`, `ALTER ROLE ${quoted} WITH${secret};`);
    const { comment } = wanted;
    if (comment !== undefined && comment !== (found?.['comment'] ?? ''))
      yield statement('update', wanted, `comment on ${name}`, `COMMENT ON ROLE ${quoted} IS ${quotePostgresqlText(comment)};`);
    return { name, state };
  },
});

/** Only with a password the table that has it is read: not every role may do so. */
const selectRole = ({ name, password, expires }: Wanted): string => `SELECT row_to_json(r) FROM (
  SELECT ${FLAGS.map((each) => `rol${COLUMN[each] ?? each.toLowerCase()} AS "${each}"`).join(', ')}, rolconnlimit AS conn_limit,
    rolvaliduntil AS expires, ${expires === undefined ? 'true' : `rolvaliduntil IS NOT DISTINCT FROM ${quotePostgresqlText(expires)}::timestamptz`} AS has_expires,
    ${password === undefined ? 'NULL' : 'rolpassword'} AS password, shobj_description(oid, 'pg_authid') AS comment
  FROM ${password === undefined ? 'pg_roles' : 'pg_authid'} WHERE rolname = ${quotePostgresqlText(name)}) r;
`;

const COLUMN: Readonly<Record<string, string>> = { SUPERUSER: 'super', LOGIN: 'canlogin' };

/** The words of ALTER ROLE for what differs, each with a line for what is and for what is wanted. */
function changedOptions(
  { role_attr_flags, conn_limit, expires }: Wanted,
  found: Row | undefined,
): readonly (readonly [string, string, string])[] {
  const wanted =
    found === undefined && !role_attr_flags.some((each) => /^(?:NO)?LOGIN$/.test(each)) ? [...role_attr_flags, 'LOGIN'] : role_attr_flags;
  const flags = wanted.flatMap((flag): (readonly [string, string, string])[] => {
    const [isSet, name] = [!flag.startsWith('NO'), flag.replace(/^NO/, '')];
    return found?.[name] === isSet ? [] : [[flag, isSet ? `NO${name}` : name, flag]];
  });
  const isLimited = conn_limit !== undefined && conn_limit !== found?.['conn_limit'];
  const isEnded = expires !== undefined && found?.['has_expires'] !== true;
  return [
    ...flags,
    ...(isLimited ? [[`CONNECTION LIMIT ${conn_limit}`, `conn_limit ${found?.['conn_limit']}`, `conn_limit ${conn_limit}`] as const] : []),
    ...(isEnded ? [[`VALID UNTIL ${quotePostgresqlText(expires)}`, `expires ${found?.['expires']}`, `expires ${expires}`] as const] : []),
  ];
}

function isSamePassword({ password: kept }: Row, name: string, password: string): boolean {
  return typeof kept === 'string' ? password !== '' && isPostgresqlPassword(kept, name, password) : password === '';
}

const statement = (verb: Change['verb'], wanted: Wanted, subject: string, sql: string, before?: string, after?: string): Change => ({
  verb,
  subject,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
  apply: (remote) => runPostgresql(remote, wanted, wanted.db || 'postgres', `${sql}\n`, subject),
});
