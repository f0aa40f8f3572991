import { z } from 'zod';
import type { Probe, Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript, runScript } from '../host-script.ts';
import { absolutePath } from '../pattern-schema.ts';
import { readMysqlFailure } from './client-failure.ts';

const oneLine = z.string().regex(/^[^\n\r\0]*$/, 'must be one line');

/** The arguments of a module that logs in to MySQL or MariaDB. */
export const mysqlLoginArgs = {
  login_user: oneLine.optional().describe('User of the database; left out: what the configuration of the client says'),
  login_password: oneLine.optional().describe('Its password'),
  login_host: z
    .string()
    .regex(/^[\w.:-]*$/, 'must be the name or the address of a host')
    .optional()
    .describe('Host of the database; left out: this host'),
  login_port: z.int().min(1).max(65_535).optional().describe('Its port'),
  login_unix_socket: absolutePath.optional().describe('Its socket'),
  config_file: absolutePath.optional().describe('File with options of the client; left out: .my.cnf in the home of the login'),
};

export interface MysqlLogin {
  readonly login_user?: string | undefined;
  readonly login_password?: string | undefined;
  readonly login_host?: string | undefined;
  readonly login_port?: number | undefined;
  readonly login_unix_socket?: string | undefined;
  readonly config_file?: string | undefined;
}

const START = `find_client mariadb mysql
shift
client "$found" --default-character-set=utf8mb4 --batch --binary-mode "$@"`;
/** Texts are in '' and have \\ as their escape, whatever the configuration of the server says. */
const MODE = "SET SESSION sql_mode = '';\n";

/** What statements of SQL that only read print: a row for each line, the names of the columns before the rows of each statement. */
export async function queryMysql(probe: Probe, login: MysqlLogin, sql: string, subject: string): Promise<readonly (readonly string[])[]> {
  const text = await queryScript(
    probe,
    mysqlScript(START),
    mysqlWords(login),
    subject,
    `${mysqlOptions(login)}${MODE}${sql}`,
    readMysqlFailure,
  );
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').map(readField));
}

/** Runs statements of SQL, in `apply`. */
export async function runMysql(remote: Remote, login: MysqlLogin, sql: string, subject: string): Promise<void> {
  await runScript(remote, mysqlScript(START), mysqlWords(login), subject, `${mysqlOptions(login)}${MODE}${sql}`, readMysqlFailure);
}

/** A text of `sh` that has the functions `find_client` and `client` for programs of MySQL. Its words are those of `mysqlWords`, and its
 *  standard input begins with `mysqlOptions`. */
export const mysqlScript = (text: string): string => `${readProgram('src/sdk/databases/mysql-client.sh')}\n${text}`;

/** The words of `mysqlScript`: the file with options, then options for the command line. */
export function mysqlWords({ config_file = '', login_user, login_host, login_port, login_unix_socket }: MysqlLogin): readonly string[] {
  const options = { user: login_user, host: login_host || undefined, port: login_port, socket: login_unix_socket };
  return [config_file, ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))];
}

/** The options with a secret, which standard input begins with. */
export function mysqlOptions({ login_password: password }: MysqlLogin): string {
  return password === undefined ? '--\n' : `password="${password.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"\n--\n`;
}

const readField = (field: string): string =>
  field.replace(/\\([nt0\\])/g, (_, mark: string) => ({ n: '\n', t: '\t', 0: '\0' })[mark] ?? '\\');

/** A text as a literal of SQL. */
export const quoteMysqlText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/** The name of a database, a table or a column in SQL. */
export const quoteMysqlName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
