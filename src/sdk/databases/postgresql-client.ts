import { z } from 'zod';
import type { Probe, Remote } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript, runScript } from '../host-script.ts';
import { readPsqlFailure } from './client-failure.ts';

const oneLine = z.string().regex(/^[^\n\r\0]*$/, 'must be one line');

/** The arguments of a module that logs in to PostgreSQL. */
export const postgresqlLoginArgs = {
  login_user: oneLine.default('postgres').describe('Role with which to log in'),
  login_password: oneLine.optional().describe('Its password; left out: the server must let the login of the task in, see become_user'),
  login_host: z
    .string()
    .regex(/^[\w.:-]*$/, 'must be the name or the address of a host')
    .optional()
    .describe('Host of the database; left out: this host, over its socket'),
  login_unix_socket: z
    .string()
    .regex(/^(?:\/[^\n\0]*)?$/, 'must be an absolute path')
    .optional()
    .describe('Folder of the socket, where login_host is left out or localhost'),
  port: z.int().min(1).max(65_535).optional().describe('Port of the database'),
  session_role: oneLine.optional().describe('Role that the session takes after the login'),
};

export interface PostgresqlLogin {
  readonly login_user: string;
  readonly login_password?: string | undefined;
  readonly login_host?: string | undefined;
  readonly login_unix_socket?: string | undefined;
  readonly port?: number | undefined;
  readonly session_role?: string | undefined;
}

/** What a SELECT of JSON objects gives: one object for each row. */
export async function queryPostgresql(
  probe: Probe,
  login: PostgresqlLogin,
  database: string,
  sql: string,
  subject: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const text = await queryScript(
    probe,
    readProgram('src/sdk/databases/psql.sh'),
    psqlWords(login, database),
    subject,
    psqlInput(login, sql),
    readPsqlFailure,
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** Runs statements of SQL, in `apply`. */
export async function runPostgresql(remote: Remote, login: PostgresqlLogin, database: string, sql: string, subject: string): Promise<void> {
  await runScript(
    remote,
    readProgram('src/sdk/databases/psql.sh'),
    psqlWords(login, database),
    subject,
    psqlInput(login, sql),
    readPsqlFailure,
  );
}

function psqlWords({ login_user, login_host = '', login_unix_socket = '', port }: PostgresqlLogin, database: string): readonly string[] {
  const host = ['', 'localhost'].includes(login_host) && login_unix_socket !== '' ? login_unix_socket : login_host;
  const options = [`--username=${login_user}`, `--dbname=${printConnection(database)}`];
  return [...options, ...(host === '' ? [] : [`--host=${host}`]), ...(port === undefined ? [] : [`--port=${port}`])];
}

/** A name with = in it would be read as a list of options of the connection. */
const printConnection = (database: string): string => `dbname='${database.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const psqlInput = ({ login_password = '', session_role }: PostgresqlLogin, sql: string): string =>
  `${login_password}\n${session_role === undefined ? '' : `SET ROLE ${quotePostgresqlName(session_role)};\n`}${sql}`;

/** A text as a literal of SQL. */
export function quotePostgresqlText(text: string): string {
  const plain = text.replaceAll("'", "''");
  return plain.includes('\\') ? `E'${plain.replaceAll('\\', '\\\\')}'` : `'${plain}'`;
}

/** The name of a database, a role, a schema or an object in SQL. */
export const quotePostgresqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
