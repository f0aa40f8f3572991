import { absolutePath, defineModule, readScript, SwarmError, sleep, z } from '../../src/index.ts';

/** States of a connection, at the number that Linux has for each. */
const STATES = [
  ...(['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT', 'LAST_ACK'] as const),
  ...(['LISTEN', 'CLOSING'] as const),
] as const;

const args = z
  .strictObject({
    port: z.int().min(1).max(65_535).optional().describe('Port of the host'),
    host: z
      .string()
      .regex(/^[\w.:-]+$/, 'must be a name or an address')
      .default('127.0.0.1')
      .describe('Whose port, as the host reaches it'),
    path: absolutePath.optional().describe('File or folder on the host'),
    search_regex: z
      .string()
      .regex(/^[^\n]+$/)
      .optional()
      .describe('A line of the file must match this pattern of grep -E'),
    state: z
      .enum(['started', 'stopped', 'present', 'absent', 'drained'])
      .default('started')
      .describe('stopped and absent: wait until it is gone; drained: until nobody is connected to the port'),
    exclude_hosts: z
      .array(z.string().regex(/^[\w.:-]+$/, 'must be a name or an address'))
      .default([])
      .describe('With drained: connections from these do not count'),
    active_connection_states: z
      .array(z.enum(STATES))
      .default(['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'])
      .describe('With drained: which connections count'),
    timeout: z.int().min(0).default(300).describe('Seconds'),
    delay: z.int().min(0).default(0).describe('Seconds before the first test'),
    sleep: z.int().positive().default(1).describe('Seconds between two tests'),
    connect_timeout: z.int().positive().default(5).describe('Seconds that a test of a port of another machine may take'),
    msg: z.string().min(1).optional().describe('What is shown where it did not happen in time'),
  })
  .refine(({ port, path }) => (port === undefined) !== (path === undefined), { error: 'give either port or path' })
  .refine(({ path, search_regex }) => path !== undefined || search_regex === undefined, { error: 'search_regex needs path' })
  .refine(({ port, state }) => port !== undefined || state !== 'drained', { error: 'state: drained needs port' })
  .refine(({ exclude_hosts, state }) => exclude_hosts.length === 0 || state === 'drained', { error: 'exclude_hosts needs state: drained' });

export default defineModule({
  summary: 'Wait until a port is open, or a file exists or has a line; a check tests once',
  args,
  returns: z.strictObject({ elapsed: z.int().describe('Seconds that it waited') }),
  example: `wait_for:
  port: 22
  timeout: 60
`,
  async *run(probe, { port, host, path, search_regex, state, delay, sleep: interval, connect_timeout, msg, ...more }) {
    const timeout = probe.check ? 0 : more.timeout;
    if (!probe.check) await sleep(delay * 1000, probe.signal);
    const what = path ?? `${host}:${port}`;
    const wanted = state === 'started' || state === 'present' ? 'present' : 'absent';
    const words = [
      state === 'drained' ? 'open' : path === undefined ? 'port' : 'path',
      wanted,
      String(timeout),
      String(interval),
      what,
      search_regex ?? '',
      String(connect_timeout),
      more.active_connection_states.map((each) => numberOf(each)).join(' '),
      ...more.exclude_hosts,
    ];
    const { exit, stdout, stderr } = await probe.query({
      argv: ['/bin/sh', '-c', readScript(import.meta.dirname, 'wait_for-test.sh'), 'sh', ...words],
    });
    if (exit === 0) return { elapsed: probe.check ? 0 : delay + Number(stdout) };
    const missing = search_regex === undefined ? what : `${search_regex} in ${what}`;
    const when = probe.check ? 'now' : `after ${timeout} s`;
    const found = state === 'drained' ? `somebody is connected to ${what} ${when}` : `${missing} is not ${wanted} ${when}`;
    throw new SwarmError('SW6012', exit === 75 ? (msg ?? found) : `${what}: ${stderr.trim()}`, {
      ...(path !== undefined && wanted === 'present' ? { lacks: { kind: 'path', name: path } } : {}),
    });
  },
});

/** As /proc/net/tcp has it: two hexadecimal digits. */
const numberOf = (state: (typeof STATES)[number]): string => (STATES.indexOf(state) + 1).toString(16).toUpperCase().padStart(2, '0');
