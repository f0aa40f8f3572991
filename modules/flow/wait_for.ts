import { absolutePath, defineModule, readScript, SwarmError, sleep, z } from '../../src/index.ts';

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
    state: z.enum(['started', 'stopped', 'present', 'absent']).default('started').describe('stopped and absent: wait until it is gone'),
    timeout: z.int().min(0).default(300).describe('Seconds'),
    delay: z.int().min(0).default(0).describe('Seconds before the first test'),
    sleep: z.int().positive().default(1).describe('Seconds between two tests'),
    connect_timeout: z.int().positive().default(5).describe('Seconds that a test of a port of another machine may take'),
    msg: z.string().min(1).optional().describe('What is shown where it did not happen in time'),
  })
  .refine(({ port, path }) => (port === undefined) !== (path === undefined), { error: 'give either port or path' })
  .refine(({ path, search_regex }) => path !== undefined || search_regex === undefined, { error: 'search_regex needs path' });

export default defineModule({
  summary: 'Wait until a port is open, or a file exists or has a line; a check tests once and does not wait',
  args,
  returns: z.strictObject({ elapsed: z.int().describe('Seconds that it waited') }),
  example: `wait_for:
  port: 22
  timeout: 60
`,
  async *run(probe, { port, host, path, search_regex, state, delay, sleep: interval, connect_timeout, msg, ...limit }) {
    const timeout = probe.check ? 0 : limit.timeout;
    if (!probe.check) await sleep(delay * 1000, probe.signal);
    const what = path ?? `${host}:${port}`;
    const wanted = state === 'started' || state === 'present' ? 'present' : 'absent';
    const words = [
      path === undefined ? 'port' : 'path',
      wanted,
      String(timeout),
      String(interval),
      what,
      search_regex ?? '',
      String(connect_timeout),
    ];
    const { exit, stdout, stderr } = await probe.query({
      argv: ['/bin/sh', '-c', readScript(import.meta.dirname, 'wait_for-test.sh'), 'sh', ...words],
    });
    if (exit === 0) return { elapsed: probe.check ? 0 : delay + Number(stdout) };
    if (probe.check && exit === 75) {
      yield { verb: 'run', subject: `wait for ${what}`, unknownInCheck: 'outcome', apply: async () => {} };
      return { elapsed: 0 };
    }
    const missing = search_regex === undefined ? what : `${search_regex} in ${what}`;
    throw new SwarmError('SW6012', exit === 75 ? (msg ?? `${missing} is not ${wanted} after ${timeout} s`) : `${what}: ${stderr.trim()}`);
  },
});
