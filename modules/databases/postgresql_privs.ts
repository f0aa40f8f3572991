import {
  type Change,
  defineModule,
  type PostgresqlGrants,
  type Probe,
  postgresqlLoginArgs,
  postgresqlObjectKinds,
  printPostgresqlRole,
  queryPostgresql,
  quotePostgresqlName,
  runPostgresql,
  SwarmError,
  selectPostgresqlDefaults,
  selectPostgresqlGrants,
  selectPostgresqlMembers,
  z,
} from '../../src/index.ts';

const text = z.string().regex(/^[^\0\n]*$/, 'must be one line');
const list = z
  .union([text, z.array(text)])
  .transform((value) => (typeof value === 'string' ? value.split(',') : value).map((each) => each.trim()).filter((each) => each !== ''));
const DEFAULTS = ['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES', 'SCHEMAS'];

const args = z
  .strictObject({
    roles: list.refine((all) => all.length > 0, 'must name a role').describe('The roles that get the privileges; PUBLIC for everybody'),
    db: text.regex(/^.{1,63}$/s, 'must be the name of a database').describe('Database with which to connect'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the roles have the privileges; absent: they do not'),
    privs: list
      .refine((all) => all.every((each) => /^[A-Za-z ]+$/.test(each)), 'must be privileges such as SELECT,UPDATE')
      .transform((all) =>
        all.map((each) =>
          each
            .toUpperCase()
            .replace(/^TEMP$/, 'TEMPORARY')
            .replace(/^ALL PRIVILEGES$/, 'ALL'),
        ),
      )
      .optional()
      .describe('The privileges: SELECT,UPDATE or ALL; not with type: group'),
    type: z
      .enum(['table', 'sequence', 'function', 'procedure', 'database', 'schema', 'language', 'tablespace', 'group', 'default_privs'])
      .default('table')
      .describe('What objs are; group: roles whose members the roles become; default_privs: what new objects get'),
    objs: list
      .optional()
      .describe('The objects, or ALL_IN_SCHEMA; with default_privs TABLES,SEQUENCES and the like; with database: left out, db'),
    schema: text.optional().describe('Schema of the objects; left out: public; with default_privs not-specified: any'),
    target_roles: list.optional().describe('With default_privs: the roles whose new objects are meant; left out: the role of the session'),
    grant_option: z.boolean().optional().describe('Whether the roles may hand the privileges on; left out: that stays'),
    ...postgresqlLoginArgs,
  })
  .refine(({ type, privs }) => (type === 'group') === (privs === undefined), {
    error: 'type: group has no privs, every other type needs them',
  })
  .refine(({ type, objs }) => type === 'database' || objs !== undefined, { error: 'objs is missing' });

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Give privileges of PostgreSQL to roles, or take them away',
  args,
  returns: z.strictObject({ roles: z.array(z.string()), state: z.enum(['present', 'absent']) }),
  example: `postgresql_privs:
  db: shop
  roles: reader
  privs: SELECT
  objs: ALL_IN_SCHEMA
`,
  async *run(probe, wanted) {
    for (const role of wanted.roles)
      for (const target of wanted.type === 'default_privs' ? (wanted.target_roles ?? ['']) : ['']) {
        const changes = await planGrants(probe, wanted, role, target);
        const last = changes.at(-1);
        if (last === undefined) continue;
        yield* changes.slice(0, -1);
        yield {
          ...last,
          apply: async (remote) => {
            await last.apply(remote);
            assertGranted(await planGrants(remote, wanted, role, target), wanted);
          },
        };
      }
    return { roles: wanted.roles, state: wanted.state };
  },
});

async function planGrants(probe: Probe, wanted: Wanted, role: string, target: string): Promise<readonly Change[]> {
  return (await readGrants(probe, wanted, role, target)).flatMap((found) => {
    const sql = planGrant(wanted, found, role, target);
    return sql === undefined ? [] : [grantChange(wanted, found, role, sql)];
  });
}

/** Throws SW6012 where something is left: PostgreSQL only warns when the role of the login may not give or take a privilege. */
function assertGranted([left]: readonly Change[], { login_user, session_role }: Wanted): void {
  if (left !== undefined)
    throw new SwarmError('SW6012', `${left.subject}: PostgreSQL did not change them`, {
      detail: left.after ?? '',
      hint: `${session_role || login_user} may not give or take them. Log in as the owner of the object, or as who gave them.`,
    });
}

/** Empty: all schemas, which only privileges of new objects have. */
const schemaOf = ({ schema, type }: Wanted): string => (type === 'default_privs' && schema === 'not-specified' ? '' : schema || 'public');

async function readGrants(probe: Probe, wanted: Wanted, role: string, target: string): Promise<readonly PostgresqlGrants[]> {
  const { type, db, objs = [db] } = wanted;
  const names = type === 'default_privs' && objs.includes('ALL_DEFAULT') ? DEFAULTS : objs;
  const schema = schemaOf(wanted);
  const sql =
    type === 'group'
      ? selectPostgresqlMembers(role)
      : type === 'default_privs'
        ? DEFAULTS.map((word) => selectPostgresqlDefaults(word, schema, role, target)).join('')
        : selectPostgresqlGrants(type, schema, role);
  const rows = (await queryPostgresql(probe, wanted, db, sql, `privileges of ${role}`)) as unknown as readonly PostgresqlGrants[];
  if (names.includes('ALL_IN_SCHEMA')) return rows;
  return names.map((name) => {
    // Ansible has : between the types of arguments of a function, because , is between the objects
    const plain = (each: string): string => each.replaceAll(':', ',').replace(/\s*,\s*/g, ', ');
    const found = rows.find(({ object }) => object === (type === 'function' || type === 'procedure' ? plain(name) : name));
    if (found === undefined)
      throw new SwarmError('SW6012', `database ${db} has no ${type === 'group' ? 'role' : type} ${name}`, {
        hint: 'Correct objs or schema.',
      });
    return found;
  });
}

/** The statement for one object and one role; undefined where nothing is to be done. */
function planGrant(wanted: Wanted, { object, has, all }: PostgresqlGrants, role: string, target: string): string | undefined {
  const { state, grant_option, type, privs = ['MEMBER'] } = wanted;
  const names = privs.includes('ALL') ? all : privs;
  const mayHandOn = (name: string): boolean => has.includes(`${name}*`);
  const has1 = (name: string): boolean => has.includes(name) || mayHandOn(name);
  const giver = type === 'default_privs' ? printDefault(schemaOf(wanted), target) : '';
  const what = type === 'group' ? quotePostgresqlName(object) : `${names.join(', ')} ON ${printObject(type, schemaOf(wanted), object)}`;
  const option = type === 'group' ? 'ADMIN OPTION' : 'GRANT OPTION';
  const to = printPostgresqlRole(role);
  if (state === 'absent') {
    if (grant_option === true) return names.some(mayHandOn) ? `${giver}REVOKE ${option} FOR ${what} FROM ${to};` : undefined;
    return names.some(has1) ? `${giver}REVOKE ${what} FROM ${to};` : undefined;
  }
  if (names.some((name) => !has1(name) || (grant_option === true && !mayHandOn(name))))
    return `${giver}GRANT ${what} TO ${to}${grant_option === true ? ` WITH ${option}` : ''};`;
  return grant_option === false && names.some(mayHandOn) ? `${giver}REVOKE ${option} FOR ${what} FROM ${to};` : undefined;
}

function printDefault(schema: string, target: string): string {
  const of = target === '' ? '' : ` FOR ROLE ${quotePostgresqlName(target)}`;
  return `ALTER DEFAULT PRIVILEGES${of}${schema === '' ? '' : ` IN SCHEMA ${quotePostgresqlName(schema)}`} `;
}

function printObject(type: Exclude<Wanted['type'], 'group'>, schema: string, object: string): string {
  if (type === 'default_privs') return object;
  const kind = postgresqlObjectKinds[type];
  const [, name = object, words = ''] = /^([^(]*)(\(.*\))$/s.exec(type === 'function' || type === 'procedure' ? object : '') ?? [];
  return `${kind.word} ${'schema' in kind ? `${quotePostgresqlName(schema)}.` : ''}${quotePostgresqlName(name)}${words}`;
}

const grantChange = (wanted: Wanted, { object, has }: PostgresqlGrants, role: string, sql: string): Change => ({
  verb: 'update',
  subject: `privileges of ${role} on ${object}`,
  before: `${[...has].sort().join(', ')}\n`,
  after: `${sql}\n`,
  apply: (remote) => runPostgresql(remote, wanted, wanted.db, `${sql}\n`, `privileges of ${role} on ${object}`),
});
