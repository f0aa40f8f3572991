import { existsSync, readFileSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { Invalid, SwarmError } from '../../core/error.ts';
import type { HostKey, Identity } from '../../core/host.ts';
import { type KnownHost, readKnownHosts, revocations, sameKey } from './known-hosts.ts';

const MACHINE_ID = /(?:^|\s)machine-id=(\S*)/;
/** A host that shows no key, because it is reached by a command: a comment for OpenSSH, a pin for us. */
const KEYLESS = /^# swarm: (\S+) machine-id=([0-9a-f]{64})(?:\s|$)/;

/** What each host must prove, by inventory name: inventory/known_hosts. No file: nobody is trusted. Throws Invalid (SW1307, SW2004). */
export function readPins(file: string): ReadonlyMap<string, Identity> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const problems: SwarmError[] = [];
  const pins = new Map<string, Identity>();
  const problem = (line: number, what: string, hint: string, code = 'SW1307'): void => {
    const whole = text.split('\n')[line - 1] ?? '';
    problems.push(new SwarmError(code, what, { hint, at: { file, line, column: 1, length: whole.length, text: whole } }));
  };
  const lines = readKnownHosts(text);
  const revoked = revocations(lines.filter((line) => line.kind === 'key'));
  for (const line of lines) {
    if (line.kind === 'bad')
      problem(line.line, `line ${line.line}: ${line.problem}`, 'Remove the line; swarm hosts trust NAME writes it anew.');
    else if (line.marker === 'cert-authority')
      problem(line.line, 'certificate authorities are not supported', "Pin the host's own key: swarm hosts trust NAME.", 'SW2004');
    else if (line.marker === undefined && !revoked(line.key)) {
      const wrong = pin(pins, line);
      if (wrong !== undefined) problem(line.line, wrong.what, wrong.hint);
    }
  }
  for (const line of text.split('\n')) {
    const [, name, machineId] = KEYLESS.exec(line) ?? [];
    if (name !== undefined && machineId !== undefined && !pins.has(name)) pins.set(name, { hostKeys: [], machineId });
  }
  if (problems.length > 0) throw new Invalid(problems);
  return pins;
}

function pin(
  pins: Map<string, Identity>,
  { hosts, key, comment }: KnownHost,
): { readonly what: string; readonly hint: string } | undefined {
  if (/[*?!|]/.test(hosts)) return { what: `${hosts} is not a name`, hint: 'Each line has one inventory name: no pattern, no hash.' };
  const machineId = MACHINE_ID.exec(comment)?.[1];
  if (machineId !== undefined && !/^[0-9a-f]{64}$/.test(machineId))
    return { what: `machine-id=${machineId} is not a hash`, hint: 'It has 64 hex digits; swarm hosts trust NAME writes it anew.' };
  for (const name of hosts.split(',').filter((each) => each !== '')) {
    const known = pins.get(name) ?? { hostKeys: [] };
    if (known.machineId !== undefined && machineId !== undefined && known.machineId !== machineId)
      return { what: `${name} has two machine-ids`, hint: `One of its lines is stale. swarm hosts trust ${name} --replace` };
    const id = machineId ?? known.machineId;
    const hostKeys = known.hostKeys.some((each) => sameKey(each, key)) ? known.hostKeys : [...known.hostKeys, key];
    pins.set(name, { hostKeys, ...(id === undefined ? {} : { machineId: id }) });
  }
  return undefined;
}

/** Pins exactly this for the name; other lines, comments and their order stay. Without keys and machine-id it is forgotten. Atomic. */
export async function writePin(file: string, name: string, identity: Identity): Promise<void> {
  if (!/^[^\s,*?!|#@[\]]+$/.test(name)) throw new SwarmError('SW1307', `${JSON.stringify(name)} cannot stand in known_hosts`);
  // read and written without a pause between, so that two of our own writers cannot lose each other's line
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const next = withPin(text, name, identity, new Date().toISOString().slice(0, 10));
  if (next !== text) writeFileAtomic.sync(file, next, { mode: 0o644 });
}

/** The text of known_hosts with the name's lines replaced, where they stood; a line that is still right stays as it is. */
export function withPin(text: string, name: string, identity: Identity, date: string): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const ours = new Map(
    readKnownHosts(text)
      .filter((line) => line.kind === 'key')
      .filter(({ hosts, marker }) => marker === undefined && hosts.split(',').includes(name))
      .map((line) => [line.line, line]),
  );
  const kept = new Set<HostKey>();
  let keptKeyless = false;
  const out = lines.flatMap((line, index): readonly (string | undefined)[] => {
    const keyless = KEYLESS.exec(line);
    if (keyless?.[1] === name) {
      const right = identity.hostKeys.length === 0 && keyless[2] === identity.machineId && !keptKeyless;
      keptKeyless ||= right;
      return [right ? line : undefined];
    }
    const old = ours.get(index + 1);
    if (old === undefined) return [line];
    const key = identity.hostKeys.find((each) => sameKey(each, old.key));
    const right = key !== undefined && !kept.has(key) && MACHINE_ID.exec(old.comment)?.[1] === identity.machineId;
    if (right && old.hosts === name) {
      kept.add(key);
      return [line];
    }
    const others = old.hosts.split(',').filter((each) => each !== name);
    return [...(others.length === 0 ? [] : [line.replace(old.hosts, () => others.join(','))]), undefined];
  });
  const bare = identity.hostKeys.length === 0 && identity.machineId !== undefined && !keptKeyless;
  const fresh = bare
    ? [`# swarm: ${name} machine-id=${identity.machineId} ${date}`]
    : identity.hostKeys.filter((key) => !kept.has(key)).map((key) => lineOf(name, key, identity.machineId, date));
  const place = out.indexOf(undefined);
  const all = out.flatMap((line, index) => (line !== undefined ? [line] : index === place ? fresh : []));
  return [...all, ...(place < 0 ? fresh : [])].map((line) => `${line}\n`).join('');
}

function lineOf(name: string, { type, blob }: HostKey, machineId: string | undefined, date: string): string {
  return [name, type, blob, ...(machineId === undefined ? [] : [`machine-id=${machineId}`]), date].join(' ');
}
