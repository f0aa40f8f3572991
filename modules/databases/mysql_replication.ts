import {
  type Change,
  defineModule,
  mysqlLoginArgs,
  quoteMysqlText,
  type ReplicationWords,
  readReplicationStatus,
  readReplicationWords,
  runMysql,
  type StatusRow,
  SwarmError,
  statusField,
  z,
} from '../../src/index.ts';

const text = z.string().regex(/^[^\n\r\0]*$/, 'must be one line');
const count = z.int().min(0).optional();

/** What a replica is told with changeprimary: the argument, its word in SQL, and the column of the status that shows it. */
const SETTINGS = [
  ['primary_host', 'HOST', 'Source_Host'],
  ['primary_user', 'USER', 'Source_User'],
  ['primary_port', 'PORT', 'Source_Port'],
  ['primary_connect_retry', 'CONNECT_RETRY', 'Connect_Retry'],
  ['primary_delay', 'DELAY', 'SQL_Delay'],
  ['primary_ssl', 'SSL', 'Source_SSL_Allowed'],
  ['primary_ssl_ca', 'SSL_CA', 'Source_SSL_CA_File'],
  ['primary_ssl_capath', 'SSL_CAPATH', 'Source_SSL_CA_Path'],
  ['primary_ssl_cert', 'SSL_CERT', 'Source_SSL_Cert'],
  ['primary_ssl_key', 'SSL_KEY', 'Source_SSL_Key'],
  ['primary_ssl_cipher', 'SSL_CIPHER', 'Source_SSL_Cipher'],
  ['primary_auto_position', 'AUTO_POSITION', 'Auto_Position'],
  ['primary_use_gtid', 'USE_GTID', 'Using_Gtid'],
] as const;

const args = z.strictObject({
  mode: z
    .enum(['getreplica', 'getprimary', 'changeprimary', 'startreplica', 'stopreplica', 'resetreplica', 'resetreplicaall', 'resetprimary'])
    .default('getreplica')
    .describe(
      'getreplica, getprimary: read the status; the others change the replica or, resetprimary, delete the binary logs of the primary',
    ),
  primary_host: text.optional().describe('Host of the primary'),
  primary_user: text.optional().describe('User of the replication'),
  primary_password: text.optional().describe('Its password. The server does not show it, so another password alone changes nothing'),
  primary_port: z.int().min(1).max(65_535).optional().describe('Port of the primary'),
  primary_connect_retry: count.describe('Seconds between two tries to connect'),
  primary_delay: count.describe('By how many seconds the replica stays behind'),
  primary_log_file: text.optional().describe('Binary log of the primary at which to begin; a replica that runs is not put back to it'),
  primary_log_pos: count.describe('Position in that log'),
  primary_ssl: z.boolean().optional().describe('Connect with TLS'),
  primary_ssl_ca: text.optional().describe('File with certificate authorities'),
  primary_ssl_capath: text.optional().describe('Folder with certificate authorities'),
  primary_ssl_cert: text.optional().describe('File with the certificate'),
  primary_ssl_key: text.optional().describe('File with its key'),
  primary_ssl_cipher: text.optional().describe('Ciphers that are allowed'),
  primary_auto_position: z.boolean().optional().describe('MySQL: find the position by GTID'),
  primary_use_gtid: z.enum(['current_pos', 'replica_pos', 'disabled']).optional().describe('MariaDB: find the position by GTID'),
  connection_name: text.default('').describe('Name of the connection of MariaDB, or of the channel of MySQL'),
  ...mysqlLoginArgs,
});

type Wanted = z.output<typeof args>;

export default defineModule({
  summary: 'Read and change the replication of MySQL or MariaDB',
  args,
  returns: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe('Is_Replica or Is_Primary, and the columns of the status of the server'),
  example: `mysql_replication:
  mode: changeprimary
  primary_host: db1.example.org
  primary_user: repl
  primary_password: "{{ repl_password }}"
`,
  async *run(probe, wanted) {
    const { mode } = wanted;
    const words = await readReplicationWords(probe, wanted, wanted.connection_name);
    const role = mode === 'getprimary' || mode === 'resetprimary' ? 'primary' : 'replica';
    const row = await readReplicationStatus(probe, wanted, words, role);
    yield* changesOf(wanted, words, row);
    return { [role === 'primary' ? 'Is_Primary' : 'Is_Replica']: row !== undefined, ...readValues(row ?? {}) };
  },
});

async function* changesOf(wanted: Wanted, words: ReplicationWords, row: StatusRow | undefined): AsyncGenerator<Change, void, void> {
  const { replica, before, behind } = words;
  const change = (subject: string, sql: string, more: Partial<Change> = {}): Change => ({
    verb: 'update',
    subject,
    ...more,
    apply: async (remote) => void (await runMysql(remote, wanted, `${sql};\n`, subject)),
  });
  const [io, applier] = row === undefined ? [] : [statusField(row, 'Replica_IO_Running'), statusField(row, 'Replica_SQL_Running')];
  switch (wanted.mode) {
    case 'startreplica':
      if (row === undefined) throw notReplicaError();
      if (io === 'No' || applier !== 'Yes')
        yield change('replica', `START ${replica}${before}${behind}`, { verb: 'run', before: 'stopped\n', after: 'running\n' });
      return;
    case 'stopreplica':
      if (io !== undefined && (io !== 'No' || applier === 'Yes'))
        yield change('replica', `STOP ${replica}${before}${behind}`, { verb: 'run', before: 'running\n', after: 'stopped\n' });
      return;
    case 'changeprimary':
      return yield* primaryChange(wanted, words, row, change);
    case 'resetreplicaall':
      if (row !== undefined) yield change('replica', `RESET ${replica}${before} ALL${behind}`, { verb: 'delete' });
      return;
    case 'resetreplica':
      return yield change('logs of the replica', `RESET ${replica}${before}${behind}`, { verb: 'delete' });
    case 'resetprimary':
      return yield change('binary logs', words.resetPrimary, { verb: 'delete' });
    default:
  }
}

/** Stops the replica where it runs, and starts it again after the change. */
async function* primaryChange(
  wanted: Wanted,
  words: ReplicationWords,
  row: StatusRow | undefined,
  change: (subject: string, sql: string, more?: Partial<Change>) => Change,
): AsyncGenerator<Change, void, void> {
  const settings = SETTINGS.flatMap(([arg, word, column]) => {
    const value = printSetting(arg, wanted[arg]);
    return value === undefined
      ? []
      : [{ arg, word, ...value, has: readSetting(column, row === undefined ? '' : statusField(row, column)) }];
  });
  const runs = row !== undefined && statusField(row, 'Replica_IO_Running') !== 'No';
  const { primary_log_file: file, primary_log_pos: at } = wanted;
  const isElsewhere =
    (file !== undefined && (row === undefined || statusField(row, 'Source_Log_File') !== file)) ||
    (at !== undefined && (row === undefined || statusField(row, 'Read_Source_Log_Pos') !== String(at)));
  const differs = settings.some(({ shown, has }) => shown !== has) || (isElsewhere && !runs);
  if (row !== undefined && !differs) return;
  const { prefix, replica, before, behind } = words;
  const password = wanted.primary_password === undefined ? [] : [`${prefix}PASSWORD=${quoteMysqlText(wanted.primary_password)}`];
  const place = [
    ...(file === undefined ? [] : [`${prefix}LOG_FILE=${quoteMysqlText(file)}`]),
    ...(at === undefined ? [] : [`${prefix}LOG_POS=${at}`]),
  ];
  const list = [...settings.map(({ word, sql }) => `${prefix}${word}=${sql}`), ...password, ...place];
  if (list.length === 0)
    throw new SwarmError('SW6012', 'changeprimary changes nothing', {
      hint: 'Write primary_host, primary_user and what else is to be set.',
    });
  const [stop, start] = runs ? [`STOP ${replica}${before}${behind};\n`, `;\nSTART ${replica}${before}${behind}`] : ['', ''];
  const shown = (field: 'has' | 'shown'): string => settings.map((each) => `${each.arg} ${each[field]}\n`).join('');
  yield change('primary of the replica', `${stop}${words.change}${before} TO ${list.join(', ')}${behind}${start}`, {
    verb: row === undefined ? 'create' : 'update',
    before: row === undefined ? '' : shown('has'),
    after: shown('shown'),
  });
}

const GTID = { current_pos: 'current_pos', replica_pos: 'slave_pos', disabled: 'no' } as const;

/** A value in SQL, and as the status shows it. */
function printSetting(
  arg: string,
  value: string | number | boolean | undefined,
): { readonly sql: string; readonly shown: string } | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return { sql: value ? '1' : '0', shown: value ? 'yes' : 'no' };
  if (typeof value === 'number') return { sql: String(value), shown: String(value) };
  if (arg !== 'primary_use_gtid') return { sql: quoteMysqlText(value), shown: value };
  const word = GTID[value as keyof typeof GTID];
  return { sql: word, shown: word };
}

/** The status has Yes, No, 1, 0, and the words of GTID with capitals. */
function readSetting(column: string, shown: string): string {
  if (column === 'Auto_Position') return shown === '1' ? 'yes' : 'no';
  return column === 'Using_Gtid' || column === 'Source_SSL_Allowed' ? shown.toLowerCase() : shown;
}

/** Numbers and NULL as they are, all else as text. */
const readValues = (row: StatusRow): Record<string, string | number | null> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === 'NULL' ? null : /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value,
    ]),
  );

const notReplicaError = (): SwarmError =>
  new SwarmError('SW6012', 'the server is not a replica', {
    hint: 'Set it up before: mode: changeprimary with primary_host and primary_user.',
  });
