import type { Facts } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { hashMachineId } from '../../core/inventory/host-identity.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { describeSystem } from './os-release.ts';

/** Upper limit, in bytes, for what start-up files print and the answer of the probe together. */
export const PROBE_LIMIT = 64 * 1024;
const ANSWER_LIMIT = 18 * 1024;

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
export const buildProbeScript = (nonce: string): string =>
  `echo ${nonce}; ${joinProgramLines(readProgram('src/remote/identity/probe.sh'))}`;

/** A program of the host on one line. Leaves out the comments: each has a line of its own. */
export const joinProgramLines = (program: string): string =>
  program
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join(' ');

/** What must be there: these lines come first, in this order. */
const PROOF_FORMAT: readonly (readonly [key: string, value: RegExp])[] = [
  ['pid', /^[1-9]\d{0,9}$/],
  ['boot', /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/],
];

/** The machine-id and the facts, in the order of their lines. One in another form is absent: it proves nothing. */
const FACT_FORMAT: Readonly<Record<string, RegExp>> = {
  init: /^\d+ \(.*\) [A-Za-z](?: -?\d+){18,}$/,
  system: /^(?:systemd|openrc|other)$/,
  host: /^[^\s\p{Cc}]{1,255}$/u,
  kernel: /^[^\s\p{Cc}]{1,128}$/u,
  arch: /^[a-z0-9_]{1,32}$/,
  cores: /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/,
  online: /^\d[\d,-]{0,1023}$/,
  memory: /^MemTotal: +\d{1,15} kB$/,
  machine: /^[0-9a-f]{32}$/, // an image not yet set up has "uninitialized"
  release: /^ID=["']?[A-Za-z0-9._-]{1,64}["']?$/,
  codename: /^VERSION_CODENAME=["']?[\w.-]{1,64}["']?$/,
  like: /^ID_LIKE=["']?[\w. -]{1,128}["']?$/,
  version: /^VERSION_ID=["']?[\w.+~-]{1,64}["']?$/,
  user: /^[^\p{Cc}]{1,256}$/u,
  home: /^\/[^\p{Cc}]{0,4095}$/u,
};

/** Reads what the probe printed behind the nonce; start-up files may have printed before it. Throws SW2006 where the proof is not valid. */
export function readProbe(text: string, nonce: string): ProbeResult {
  const at = text.lastIndexOf(`${nonce}\n`);
  const answer = at === -1 ? '' : text.slice(at + nonce.length + 1);
  if (answer.length > ANSWER_LIMIT) throw probeError('the answer is too long');
  const rows = answer.split('\n');
  if (rows.at(-1) !== '') throw probeError('the answer has no end');
  const [pid = '', bootId = ''] = PROOF_FORMAT.map(([key, pattern], index) => readProofRow(rows[index], key, pattern));
  const facts = readFactRows(rows.slice(PROOF_FORMAT.length, -1));
  return {
    ...(facts['machine'] === undefined ? {} : { machineId: hashMachineId(facts['machine']) }),
    bootId,
    initStart: facts['init']?.replace(/^.*\) /, '').split(' ')[19] ?? '', // field 22 of proc_pid_stat(5); the third follows the name
    pid: Number(pid),
    facts: toFacts(facts),
  };
}

function readProofRow(row: string | undefined, key: string, pattern: RegExp): string {
  const value = row?.slice(key.length + 1) ?? '';
  if (row?.startsWith(`${key}=`) && pattern.test(value)) return value;
  throw probeError(row === undefined ? `${key} is missing` : `the value of ${key} is not valid`);
}

type FactRows = Readonly<Record<string, string | undefined>>;

/** A value may go on over several lines: each key is looked for behind the one before it. */
function readFactRows(rows: readonly string[]): FactRows {
  const found: Record<string, string> = {};
  let next = 0;
  for (const [key, pattern] of Object.entries(FACT_FORMAT)) {
    const at = rows.findIndex((row, index) => index >= next && row.startsWith(`${key}=`));
    if (at === -1) continue;
    next = at + 1;
    const value = Buffer.from(rows[at]?.slice(key.length + 1) ?? '', 'latin1').toString();
    if (pattern.test(value)) found[key] = value;
  }
  return found;
}

function toFacts(found: FactRows): Facts {
  const { host, kernel, arch, cores, online, memory, user, home, system } = found;
  return {
    ...(host === undefined ? {} : { hostname: host }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(arch === undefined ? {} : { arch }),
    ...(cores === undefined ? {} : { cores: countProcessors(cores, online) }),
    ...(memory === undefined ? {} : { memory: Number(memory.replace(/\D+/g, '')) * 1024 }),
    init: (system ?? 'other') as Facts['init'],
    ...describeSystem(found),
    ...(user === undefined ? {} : { user }),
    ...(home === undefined ? {} : { home }),
  };
}

/** A number above that counts as none: Linux knows 8,192 processors at most. */
const MOST_PROCESSORS = 65_536;

/** `0-3,8` is five. A mask may name processors that the machine could have: only those online count. */
function countProcessors(mask: string, online: string | undefined): number {
  const onlineNumbers = online === undefined ? undefined : markNumbers(online);
  const marked = markNumbers(mask).filter((mark, number) => mark === 1 && onlineNumbers?.[number] !== 0);
  return Math.max(1, marked.length);
}

/** A byte for each number, 1 where the list has it: a host may name ranges without end, and each of them costs nothing more. */
function markNumbers(list: string): Uint8Array {
  const marks = new Uint8Array(MOST_PROCESSORS);
  for (const range of list.split(',')) {
    const [from = 0, to = from] = range.split('-').map(Number);
    marks.fill(1, from, Math.max(from, to) + 1);
  }
  return marks;
}

const probeError = (why: string): SwarmError =>
  new SwarmError('SW2006', `the host does not answer as a shell: ${why}`, {
    hint: 'Check the start-up files of the login shell (.bashrc, .profile). None may print text, ask a question or start another shell. Then run: swarm hosts verify NAME',
  });
