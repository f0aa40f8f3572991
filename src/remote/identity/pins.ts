import { dirname } from 'node:path';
import { SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import { readOptionalText } from '../../core/files/read-local-file.ts';
import { updateFile } from '../../core/files/update-file.ts';
import { type HostKey, type Identity, isSameKey } from '../../core/inventory/host-identity.ts';
import { joinLines, splitLines } from '../../core/text-lines.ts';
import { createRevocationCheck, type KnownHost, parseKnownHostLines } from './known-hosts.ts';

const MACHINE_ID = /(?:^|\s)machine-id=(\S*)/;
/** A host that shows no key, because it is reached by a command: a comment for OpenSSH, a pin for us. */
const KEYLESS_PIN = /^# swarm: (\S+) machine-id=([0-9a-f]{64})(?:\s|$)/;

/** What each host must prove, by inventory name: inventory/known_hosts. No file: nobody is trusted. Throws Invalid (SW1307, SW2004). */
export const readPins = (file: string): ReadonlyMap<string, Identity> => parsePins(textOf(file), file);

function parsePins(text: string, file: string): ReadonlyMap<string, Identity> {
  const problems: SwarmError[] = [];
  const pins = new Map<string, Identity>();
  const addProblem = (line: number, what: string, hint: string, code: ErrorCode = 'SW1307'): void => {
    const whole = text.split('\n')[line - 1] ?? '';
    problems.push(new SwarmError(code, what, { hint, at: { file, line, column: 1, length: whole.length, text: whole } }));
  };
  const lines = parseKnownHostLines(text);
  const revoked = createRevocationCheck(lines.filter((line) => line.kind === 'key'));
  for (const line of lines) {
    if (line.kind === 'bad')
      addProblem(line.line, `line ${line.line}: ${line.problem}`, 'Remove the line. To pin its host again, run: swarm hosts trust');
    else if (line.marker === 'cert-authority')
      addProblem(
        line.line,
        'certificate authorities are not supported',
        "Remove the line. To pin the host's own key, run: swarm hosts trust",
        'SW2004',
      );
    else if (line.marker === undefined && !isHashed(line) && !revoked(line.key)) {
      const fault = addPin(pins, line);
      if (fault !== undefined) addProblem(line.line, fault.what, fault.hint);
    }
  }
  for (const line of text.split('\n')) {
    const [, name, machineId] = KEYLESS_PIN.exec(line) ?? [];
    if (name !== undefined && machineId !== undefined && !pins.has(name)) pins.set(name, { hostKeys: [], machineId });
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return pins;
}

/** It has the hash of a name: that of no host which swarm could know, so that host is not trusted, and every other one is. */
const isHashed = ({ hosts }: KnownHost): boolean => hosts.startsWith('|');

/** The numbers of the lines whose name is hashed, as `ssh-keygen -H` makes it. */
export const findHashedPins = (file: string): readonly number[] =>
  parseKnownHostLines(textOf(file)).flatMap((line) =>
    line.kind === 'key' && line.marker === undefined && isHashed(line) ? [line.line] : [],
  );

function addPin(
  pins: Map<string, Identity>,
  { hosts, key, comment }: KnownHost,
): { readonly what: string; readonly hint: string } | undefined {
  if (/[*?!]/.test(hosts)) return { what: `${hosts} is not a name`, hint: 'Write one inventory name on each line, without a pattern.' };
  const machineId = MACHINE_ID.exec(comment)?.[1];
  if (machineId !== undefined && !/^[0-9a-f]{64}$/.test(machineId))
    return {
      what: `machine-id=${machineId} is not a hash`,
      hint: `It needs 64 hex digits. Remove it; to write it again, run: swarm hosts trust ${hosts.split(',').join(' ')}`,
    };
  for (const name of hosts.split(',').filter((each) => each !== '')) {
    const known = pins.get(name) ?? { hostKeys: [] };
    if (known.machineId !== undefined && machineId !== undefined && known.machineId !== machineId)
      return { what: `${name} has two machine-ids`, hint: `One of its lines is out of date. Run: swarm hosts trust ${name} --replace` };
    const id = machineId ?? known.machineId;
    const hostKeys = known.hostKeys.some((each) => isSameKey(each, key)) ? known.hostKeys : [...known.hostKeys, key];
    pins.set(name, { hostKeys, ...(id === undefined ? {} : { machineId: id }) });
  }
  return undefined;
}

const textOf = (file: string): string => readOptionalText(file) ?? '';

/** Pins exactly this for the name; other lines, comments and their order stay, and so does what other processes pin meanwhile. Without
 *  keys and machine-id it is forgotten. `check` gets the pins just before, and throws where nothing may be pinned. */
export async function writePin(
  file: string,
  name: string,
  identity: Identity,
  check?: (pins: ReadonlyMap<string, Identity>) => void,
): Promise<void> {
  if (!/^[^\s,*?!|#@[\]]+$/.test(name)) throw new SwarmError('SW1307', `${JSON.stringify(name)} cannot be written to known_hosts`);
  makeLocalFolder(dirname(file)); // a project that is only an inventory of -i has no folder for pins yet
  await updateFile(file, (text = '') => {
    check?.(parsePins(text, file));
    return replacePin(text, name, identity, new Date().toISOString().slice(0, 10));
  });
}

/** The text of known_hosts with the name's lines replaced, where they stood; a line that is still right stays as it is. */
export function replacePin(text: string, name: string, identity: Identity, date: string): string {
  const lines = splitLines(text);
  const ownLines = new Map(
    parseKnownHostLines(text)
      .filter((line) => line.kind === 'key')
      .filter(({ hosts, marker }) => marker === undefined && hosts.split(',').includes(name))
      .map((line) => [line.line, line]),
  );
  const kept = new Set<HostKey>();
  let keptKeyless = false;
  const out = lines.flatMap((line, index): readonly (string | undefined)[] => {
    const keyless = KEYLESS_PIN.exec(line);
    if (keyless?.[1] === name) {
      const isCurrent = identity.hostKeys.length === 0 && keyless[2] === identity.machineId && !keptKeyless;
      keptKeyless ||= isCurrent;
      return [isCurrent ? line : undefined];
    }
    const old = ownLines.get(index + 1);
    if (old === undefined) return [line];
    const key = identity.hostKeys.find((each) => isSameKey(each, old.key));
    const right = key !== undefined && !kept.has(key) && MACHINE_ID.exec(old.comment)?.[1] === identity.machineId;
    if (right && old.hosts === name) {
      kept.add(key);
      return [line];
    }
    const others = old.hosts.split(',').filter((each) => each !== name);
    return [...(others.length === 0 ? [] : [line.replace(old.hosts, () => others.join(','))]), undefined];
  });
  const needsKeylessPin = identity.hostKeys.length === 0 && identity.machineId !== undefined && !keptKeyless;
  const newLines = needsKeylessPin
    ? [`# swarm: ${name} machine-id=${identity.machineId} ${date}`]
    : identity.hostKeys.filter((key) => !kept.has(key)).map((key) => formatPin(name, key, identity.machineId, date));
  const firstRemoved = out.indexOf(undefined);
  const all = out.flatMap((line, index) => (line !== undefined ? [line] : index === firstRemoved ? newLines : []));
  return joinLines([...all, ...(firstRemoved < 0 ? newLines : [])]);
}

function formatPin(name: string, { type, blob }: HostKey, machineId: string | undefined, date: string): string {
  return [name, type, blob, ...(machineId === undefined ? [] : [`machine-id=${machineId}`]), date].join(' ');
}
