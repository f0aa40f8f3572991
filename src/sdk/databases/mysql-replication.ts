import type { Probe } from '../../core/module.ts';
import { type MysqlLogin, queryMysql, quoteMysqlText } from './mysql-client.ts';

/** The words of one server for replication; MySQL has changed them twice. */
export interface ReplicationWords {
  /** `SLAVE` or `REPLICA`. */
  readonly replica: string;
  readonly change: string;
  /** What the options of CHANGE begin with: `MASTER_` or `SOURCE_`. */
  readonly prefix: string;
  readonly primaryStatus: string;
  /** All connections: the status of one that does not exist is an error. */
  readonly replicaStatus: string;
  readonly connection: string;
  readonly resetPrimary: string;
  /** The connection: MariaDB names it before the rest of a statement, MySQL behind it. */
  readonly before: string;
  readonly behind: string;
}

/** One row of a status, by the names of columns. */
export type StatusRow = Readonly<Record<string, string>>;

/** The words for the server and the connection. Throws what `queryMysql` throws. */
export async function readReplicationWords(probe: Probe, login: MysqlLogin, connection: string): Promise<ReplicationWords> {
  const rows = await queryMysql(probe, login, 'SELECT VERSION();\n', 'replication');
  const version = rows[1]?.[0] ?? '';
  const isMaria = version.includes('MariaDB');
  const [major = 0, minor = 0, patch = 0] = version.split(/[^\d]+/).map(Number);
  const isAtLeast = (...wanted: readonly [number, number, number]): boolean =>
    !isMaria && (major - wanted[0] || minor - wanted[1] || patch - wanted[2]) >= 0;
  const isNew = isAtLeast(8, 0, 23);
  const name = connection === '' ? '' : quoteMysqlText(connection);
  return {
    replica: isNew ? 'REPLICA' : 'SLAVE',
    change: isNew ? 'CHANGE REPLICATION SOURCE' : 'CHANGE MASTER',
    prefix: isNew ? 'SOURCE_' : 'MASTER_',
    primaryStatus: isAtLeast(8, 2, 0) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    replicaStatus: isMaria && name !== '' ? 'SHOW ALL SLAVES STATUS' : `SHOW ${isNew ? 'REPLICA' : 'SLAVE'} STATUS`,
    connection,
    resetPrimary: isAtLeast(8, 2, 0) ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER',
    before: isMaria && name !== '' ? ` ${name}` : '',
    behind: !isMaria && name !== '' ? ` FOR CHANNEL ${name}` : '',
  };
}

/** The status of the server as a primary or as a replica; undefined where it is none. */
export async function readReplicationStatus(
  probe: Probe,
  login: MysqlLogin,
  words: ReplicationWords,
  role: 'primary' | 'replica',
): Promise<StatusRow | undefined> {
  const sql = role === 'primary' ? words.primaryStatus : words.replicaStatus;
  const [names = [], ...rows] = await queryMysql(probe, login, `${sql};\n`, 'replication');
  const all = rows.map((row): StatusRow => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])));
  return all.find((row) => role === 'primary' || (row['Connection_name'] ?? row['Channel_Name'] ?? words.connection) === words.connection);
}

/** A column of the status of a replica by its new name, such as `Source_Host`, or by its old one. */
export const statusField = (row: StatusRow, name: string): string =>
  row[name] ?? row[name.replace('Source', 'Master').replace('Replica', 'Slave')] ?? '';
