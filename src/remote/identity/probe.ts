import { createHmac } from 'node:crypto';
import type { Facts } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readProgram } from '../../core/program/package-root.ts';

/** swarm's own key: only a hash of the machine-id leaves the host, as systemd asks (sd_id128_get_machine_app_specific). */
const APPLICATION_KEY = '4d1f0c0a7be0fa2f9f6b1f6f0b6d6b52';

/** HMAC-SHA256 of the 32 hex digits of /etc/machine-id, hex. */
export const hashMachineId = (raw: string): string => createHmac('sha256', APPLICATION_KEY).update(raw.trim()).digest('hex');

/** Upper limit, in bytes, for what start-up files print and the answer of the probe together. */
export const PROBE_LIMIT = 64 * 1024;
const ANSWER_LIMIT = 4096;

/** What the probe prints. It proves something only together with the host key. */
export interface ProbeResult {
  /** Hashed. */
  readonly machineId?: string;
  readonly bootId: string;
  readonly initStart: string;
  /** The process that answered, as that machine counts. */
  readonly pid: number;
  readonly facts: Facts;
}

/** The probe on one line without quotes of its own, so that a login shell of any kind can hand it on within '...'. */
export const buildProbeScript = (nonce: string): string => `echo ${nonce}; ${joinLines(readProgram('src/remote/identity/probe.sh'))}`;

/** Leaves out the comments: each has a line of its own. */
const joinLines = (program: string): string =>
  program
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join(' ');

/** In this order, each once. */
const ANSWER_FORMAT: readonly (readonly [key: string, value: RegExp])[] = [
  ['pid', /^[1-9]\d{0,9}$/],
  ['machine', /^[\x20-\x7e]{0,64}$/],
  ['boot', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['init', /^\d+ \(.{0,64}\) [A-Za-z](?: -?\d+){18,}$/],
  ['system', /^(?:systemd|openrc|other)$/],
  ['host', /^[\x21-\x7e]{0,255}$/],
  ['kernel', /^[\x21-\x7e]{1,128}$/],
  ['arch', /^[a-z0-9_]{1,32}$/],
  ['cores', /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/],
  ['online', /^(?:\d[\d,-]{0,1023})?$/],
  ['memory', /^MemTotal: +\d{1,15} kB$/],
  ['release', /^(?:ID=["']?[a-z0-9._-]{1,64}["']?)?$/],
  ['user', /^[\x21-\x7e]{1,64}$/],
  ['home', /^[\x20-\x7e]{0,1024}$/],
];

/** Reads what the probe printed behind the nonce; start-up files may have printed before it. Every line must be valid. Throws SW2006. */
export function readProbe(text: string, nonce: string): ProbeResult {
  const at = text.lastIndexOf(`${nonce}\n`);
  const answer = at === -1 ? '' : text.slice(at + nonce.length + 1);
  if (answer.length > ANSWER_LIMIT) throw probeError('the answer is too long');
  const rows = answer.split('\n');
  if (rows.length !== ANSWER_FORMAT.length + 1 || rows.at(-1) !== '') throw probeError('the answer has the wrong number of lines');
  const value: Record<string, string> = {};
  for (const [index, [key, pattern]] of ANSWER_FORMAT.entries()) {
    const row = rows[index] ?? '';
    const field = row.slice(key.length + 1);
    if (!row.startsWith(`${key}=`) || !pattern.test(field)) throw probeError(`the value of ${key} is not valid`);
    value[key] = field;
  }
  const get = (key: string): string => value[key] ?? '';
  const rawMachineId = get('machine');
  return {
    ...(/^[0-9a-f]{32}$/.test(rawMachineId) ? { machineId: hashMachineId(rawMachineId) } : {}), // an image not yet set up has "uninitialized"
    bootId: get('boot'),
    initStart:
      get('init')
        .replace(/^.*\) /, '')
        .split(' ')[19] ?? '', // field 22 of proc_pid_stat(5); the third follows the name
    pid: Number(get('pid')),
    facts: {
      hostname: get('host'),
      kernel: get('kernel'),
      arch: get('arch'),
      cores: countProcessors(get('cores'), get('online')),
      memory: Number(get('memory').replace(/\D+/g, '')) * 1024,
      init: get('system') as Facts['init'],
      distribution: get('release').replace(/^ID=|["']/g, ''),
      user: get('user'),
      home: get('home'),
    },
  };
}

/** `0-3,8` is five. A mask may name processors that the machine could have: only those online count. */
function countProcessors(mask: string, online: string): number {
  const onlineNumbers = online === '' ? undefined : parseNumberRanges(online);
  return Math.max(1, [...parseNumberRanges(mask)].filter((number) => onlineNumbers?.has(number) ?? true).length);
}

const parseNumberRanges = (list: string): ReadonlySet<number> =>
  new Set(
    list.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return Array.from({ length: Math.min(Math.max(0, to - from) + 1, 65536) }, (_, index) => from + index);
    }),
  );

const probeError = (why: string): SwarmError =>
  new SwarmError('SW2006', `the host does not answer as a shell: ${why}`, {
    hint: 'Check the start-up files of the login shell (.bashrc, .profile). None may print text, ask a question or start another shell. Then run: swarm hosts verify NAME',
  });
