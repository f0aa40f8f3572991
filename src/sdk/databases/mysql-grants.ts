import { quoteMysqlName } from './mysql-client.ts';

/** Privileges for each object. An object is `*.*`, `shop.*`, `shop.orders` or `PROCEDURE shop.bill`. */
export type MysqlPrivileges = ReadonlyMap<string, ReadonlySet<string>>;

/** Names that one version writes and another one shows. */
const SAME: Readonly<Record<string, string>> = {
  'ALL PRIVILEGES': 'ALL',
  GRANT: 'GRANT OPTION',
  'BINLOG MONITOR': 'REPLICATION CLIENT',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
};
/** What MySQL 8 shows of a user with ALL on `*.*`, beside privileges that differ from release to release. */
const ALL = `SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,RELOAD,SHUTDOWN,PROCESS,FILE,REFERENCES,INDEX,ALTER,SHOW DATABASES,SUPER,
CREATE TEMPORARY TABLES,LOCK TABLES,EXECUTE,REPLICATION SLAVE,REPLICATION CLIENT,CREATE VIEW,SHOW VIEW,CREATE ROUTINE,ALTER ROUTINE,
CREATE USER,EVENT,TRIGGER,CREATE TABLESPACE,CREATE ROLE,DROP ROLE`.split(/,\s*/);

/** Reads `shop.*:SELECT,INSERT/*.*:PROCESS`. Undefined for what has another form. */
export function parseMysqlPrivileges(text: string): MysqlPrivileges | undefined {
  const all = new Map<string, ReadonlySet<string>>();
  for (const part of text.split('/').filter((each) => each.trim() !== '')) {
    const [, object = '', list = ''] = /^\s*(.+?)\s*:\s*([^:]+)$/.exec(part) ?? [];
    const key = readObject(object);
    if (key === undefined) return undefined;
    all.set(key, new Set([...(all.get(key) ?? []), ...readList(list)]));
  }
  return all.size === 0 ? undefined : all;
}

/** Reads what SHOW GRANTS prints. Roles and proxies are left out. */
export function readMysqlGrants(lines: readonly string[]): MysqlPrivileges {
  const all = new Map<string, ReadonlySet<string>>();
  for (const line of lines) {
    const [, list = '', object = '', rest = ''] =
      /^GRANT (.+?) ON ((?:(?:TABLE|PROCEDURE|FUNCTION) )?(?:\*|`(?:[^`]|``)+`)\.(?:\*|`(?:[^`]|``)+`)) TO (.*)$/s.exec(line) ?? [];
    const key = readObject(object);
    if (key === undefined) continue;
    const more = /WITH (?:.* )?GRANT OPTION/.test(rest) ? ['GRANT OPTION'] : [];
    all.set(key, new Set([...(all.get(key) ?? []), ...readList(list), ...more]));
  }
  const global = all.get('*.*');
  if (global !== undefined && ALL.every((each) => global.has(each)))
    all.set('*.*', new Set(['ALL', ...[...global].filter((each) => each === 'GRANT OPTION')]));
  return all;
}

/** The statements that make of the privileges of a user the wanted ones. With `append` nothing is taken away. */
export function planMysqlGrants(user: string, found: MysqlPrivileges, wanted: MysqlPrivileges, append: boolean): readonly string[] {
  const revokes: string[] = [];
  const grants: string[] = [];
  for (const object of new Set([...found.keys(), ...wanted.keys()])) {
    const has = found.get(object) ?? new Set();
    const gets = wanted.get(object) ?? new Set();
    const extra = append ? [] : [...has].filter((each) => !gets.has(each) && (each === 'GRANT OPTION' || !gets.has('ALL')));
    const keeps = (each: string): boolean =>
      each === 'GRANT OPTION' ? has.has(each) : !extra.includes('ALL') && (has.has('ALL') || has.has(each));
    const missing = [...gets].filter((each) => !keeps(each));
    // ALL PRIVILEGES cannot stand beside another one
    for (const each of extra) revokes.push(`REVOKE ${printPrivilege(each)} ON ${printObject(object)} FROM ${user};`);
    if (missing.length === 0) continue;
    const plain = missing.includes('ALL') ? ['ALL'] : missing.filter((each) => each !== 'GRANT OPTION');
    const option = missing.includes('GRANT OPTION') ? ' WITH GRANT OPTION' : '';
    grants.push(`GRANT ${plain.map(printPrivilege).join(', ') || 'USAGE'} ON ${printObject(object)} TO ${user}${option};`);
  }
  return [...revokes, ...grants];
}

/** A line for each object, for a diff. */
export const printMysqlPrivileges = (all: MysqlPrivileges): string =>
  [...all]
    .filter(([, list]) => list.size > 0)
    .map(([object, list]) => `${object}: ${[...list].sort().join(', ')}\n`)
    .sort()
    .join('');

function readObject(text: string): string | undefined {
  const [, type = '', database = '', name = ''] = /^(?:(TABLE|PROCEDURE|FUNCTION)\s+)?(.+)\.([^.]+)$/is.exec(text.trim()) ?? [];
  if (database === '' || name === '' || text.includes('\0')) return undefined;
  const kind = type.toUpperCase();
  return `${kind === '' || kind === 'TABLE' ? '' : `${kind} `}${unquote(database)}.${unquote(name)}`;
}

const unquote = (name: string): string => (/^`.*`$/s.test(name) ? name.slice(1, -1).replaceAll('``', '`') : name);

/** `SELECT (b, a)` as `SELECT (a, b)`. A name that has no meaning as a privilege stays out: `USAGE` is none. */
function readList(text: string): readonly string[] {
  return [...text.matchAll(/([A-Za-z][A-Za-z ]*?)\s*(?:\(([^)]*)\))?\s*(?:,|$)/g)].flatMap(([, words = '', columns]) => {
    const name = words.toUpperCase().replace(/\s+/g, ' ');
    if (name === 'USAGE') return [];
    const names = columns?.split(',').map((each) => unquote(each.trim()).toLowerCase());
    return [names === undefined ? (SAME[name] ?? name) : `${name} (${names.sort().join(', ')})`];
  });
}

function printPrivilege(text: string): string {
  const [, name = '', columns] = /^([^(]*?)(?: \((.*)\))?$/s.exec(text) ?? [];
  const plain = name === 'ALL' ? 'ALL PRIVILEGES' : name;
  return columns === undefined ? plain : `${plain} (${columns.split(', ').map(quoteMysqlName).join(', ')})`;
}

function printObject(object: string): string {
  const [, type = '', database = '', name = ''] = /^(PROCEDURE |FUNCTION )?(.+)\.([^.]+)$/s.exec(object) ?? [];
  const print = (each: string): string => (each === '*' ? '*' : quoteMysqlName(each));
  return `${type}${print(database)}.${print(name)}`;
}
