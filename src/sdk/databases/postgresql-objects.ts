import { quotePostgresqlName, quotePostgresqlText } from './postgresql-client.ts';

/** Kinds of objects that privileges are given on, as PostgreSQL's catalogs have them. */
interface ObjectKind {
  /** The word after ON in GRANT. */
  readonly word: string;
  /** The letter of acldefault(). */
  readonly letter: string;
  readonly from: string;
  readonly name: string;
  readonly owner: string;
  readonly acl: string;
  /** The column with the schema; left out: it is in none. */
  readonly schema?: string;
}

const relation = (word: string, letter: string, kinds: string): ObjectKind => ({
  ...{ word, letter, from: `(SELECT * FROM pg_class WHERE relkind IN (${kinds})) o`, name: 'relname' },
  ...{ owner: 'relowner', acl: 'relacl', schema: 'relnamespace' },
});
const routine = (word: string, kinds: string): ObjectKind => ({
  ...{ word, letter: 'f', from: `(SELECT * FROM pg_proc WHERE prokind IN (${kinds})) o`, owner: 'proowner', acl: 'proacl' },
  ...{ name: "proname || '(' || pg_get_function_identity_arguments(oid) || ')'", schema: 'pronamespace' },
});

export const postgresqlObjectKinds = {
  table: relation('TABLE', 'r', "'r', 'v', 'm', 'f', 'p'"),
  sequence: relation('SEQUENCE', 's', "'S'"),
  function: routine('FUNCTION', "'f', 'a', 'w'"),
  procedure: routine('PROCEDURE', "'p'"),
  database: { word: 'DATABASE', letter: 'd', from: 'pg_database o', name: 'datname', owner: 'datdba', acl: 'datacl' },
  schema: { word: 'SCHEMA', letter: 'n', from: 'pg_namespace o', name: 'nspname', owner: 'nspowner', acl: 'nspacl' },
  language: { word: 'LANGUAGE', letter: 'l', from: 'pg_language o', name: 'lanname', owner: 'lanowner', acl: 'lanacl' },
  tablespace: { word: 'TABLESPACE', letter: 't', from: 'pg_tablespace o', name: 'spcname', owner: 'spcowner', acl: 'spcacl' },
} as const satisfies Readonly<Record<string, ObjectKind>>;

export type PostgresqlObjectKind = keyof typeof postgresqlObjectKinds;

/** One object and what one role may do with it. `*` behind a privilege: the role may hand it on. */
export interface PostgresqlGrants {
  readonly object: string;
  readonly has: readonly string[];
  /** What ALL stands for. */
  readonly all: readonly string[];
}

/** A SELECT of a `PostgresqlGrants` for each object of a kind. */
export function selectPostgresqlGrants(kind: PostgresqlObjectKind, schema: string, role: string): string {
  const { letter, from, name, owner, acl, schema: column }: ObjectKind = postgresqlObjectKinds[kind];
  const where =
    column === undefined ? '' : ` WHERE ${column} = (SELECT oid FROM pg_namespace WHERE nspname = ${quotePostgresqlText(schema)})`;
  const list = (text: string, of: string): string =>
    `(SELECT coalesce(array_agg(${text}), '{}') FROM aclexplode(${of}) x WHERE x.grantee =`;
  return `SELECT row_to_json(r) FROM (SELECT ${name} AS object,
  ${list("x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END", `coalesce(${acl}, acldefault('${letter}', ${owner}))`)} ${roleId(role)}) AS has,
  ${list('x.privilege_type', `acldefault('${letter}', ${owner})`)} ${owner}) AS all
  FROM ${from}${where}) r;
`;
}

/** The same for what new objects of a role get: `TABLES`, `SEQUENCES` and so on; with an empty schema in all schemas. */
export function selectPostgresqlDefaults(word: string, schema: string, role: string, target: string): string {
  const letter = word === 'SCHEMAS' ? 'n' : word === 'SEQUENCES' ? 'S' : word === 'FUNCTIONS' ? 'f' : word === 'TYPES' ? 'T' : 'r';
  const owner = target === '' ? '(SELECT oid FROM pg_roles WHERE rolname = current_user)' : roleId(target);
  const builtIn = `acldefault('${letter === 'S' ? 's' : letter}', ${owner})`;
  const space = schema === '' ? '0' : `(SELECT oid FROM pg_namespace WHERE nspname = ${quotePostgresqlText(schema)})`;
  const set = `(SELECT defaclacl FROM pg_default_acl WHERE defaclrole = ${owner} AND defaclobjtype = '${letter}' AND defaclnamespace = ${space})`;
  const acl = schema === '' ? `coalesce(${set}, ${builtIn})` : set;
  return `SELECT row_to_json(r) FROM (SELECT '${word}' AS object,
  (SELECT coalesce(array_agg(x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END), '{}') FROM aclexplode(${acl}) x WHERE x.grantee = ${roleId(role)}) AS has,
  (SELECT coalesce(array_agg(x.privilege_type), '{}') FROM aclexplode(${builtIn}) x WHERE x.grantee = ${owner}) AS all) r;
`;
}

/** The same for membership in roles: each role is an object with the privilege MEMBER. */
export const selectPostgresqlMembers = (role: string): string => `SELECT row_to_json(r) FROM (SELECT rolname AS object,
  (SELECT coalesce(array_agg('MEMBER' || CASE WHEN admin_option THEN '*' ELSE '' END), '{}') FROM pg_auth_members
    WHERE roleid = pg_roles.oid AND member = ${roleId(role)}) AS has, ARRAY['MEMBER'] AS all FROM pg_roles) r;
`;

/** PUBLIC is not a role: it has the number 0. An unknown role is an error of the server. */
const roleId = (role: string): string =>
  role.toUpperCase() === 'PUBLIC' ? '0' : `${quotePostgresqlText(quotePostgresqlName(role))}::regrole`;

export const printPostgresqlRole = (role: string): string => (role.toUpperCase() === 'PUBLIC' ? 'PUBLIC' : quotePostgresqlName(role));
