import { execFile } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { SwarmError } from '../../core/error.ts';
import type { Inventory, Json, Vars } from '../../core/host.ts';
import { MIN_SECRET_LENGTH, maskText, registerSecret } from '../../core/mask.ts';
import type { Play, Playbook, Step } from '../../core/playbook-model.ts';
import { findSecretSource, parseSecretSource } from '../../language/schema/secret-source.ts';

/** The values of secrets, each fetched once and hidden from then on. */
export interface SecretResolver {
  /** `NAME=env:VAR|file:PATH|cmd:CMD` of the command line. */
  readOptions(words: readonly string[]): Promise<Vars>;
  resolvePlaybook(playbook: Playbook): Promise<Playbook>;
  resolveInventory(inventory: Inventory): Promise<Inventory>;
}

const SOURCE_FORMS = 'env:NAME, file:PATH (mode 0600) or cmd:COMMAND';

/** Paths are below the project's folder. Everything throws SW1207, and never with a value in it. */
export function createSecretResolver(dir: string): SecretResolver {
  const cache = new Map<string, Promise<string>>();
  const readCached = (name: string, from: string): Promise<string> => {
    const fetched = cache.get(from) ?? readSecret(name, from, dir);
    cache.set(from, fetched);
    return fetched;
  };
  const resolveValue = async (name: string, given: Json): Promise<Json> => {
    const from = findSecretSource(given);
    if (from !== undefined) return readCached(name, from);
    if (Array.isArray(given)) return Promise.all(given.map((each) => resolveValue(name, each)));
    return typeof given === 'object' && given !== null ? resolveVars(given as Vars) : given;
  };
  const resolveVars = async (vars: Vars): Promise<Vars> =>
    Object.fromEntries(
      await Promise.all(Object.entries(vars).map(async ([name, each]) => [name, await resolveValue(name, each)] as const)),
    );
  const resolveStep = async <S extends Step>(step: S): Promise<S> => {
    const vars = await resolveVars(step.vars);
    if (step.kind === 'task') return { ...step, vars };
    const [block, rescue, always] = await Promise.all([step.block, step.rescue, step.always].map(resolveSteps));
    return { ...step, vars, block, rescue, always };
  };
  const resolveSteps = (steps: readonly Step[]): Promise<readonly Step[]> => Promise.all(steps.map(resolveStep));
  const resolvePlay = async (play: Play): Promise<Play> => ({
    ...play,
    vars: await resolveVars(play.vars),
    steps: await resolveSteps(play.steps),
    handlers: await Promise.all(play.handlers.map(resolveStep)),
  });
  return {
    readOptions: async (words) => Object.fromEntries(await Promise.all(words.map((word) => readSecretOption(word, readCached)))),
    resolvePlaybook: async (playbook) => {
      const [first, ...more] = playbook.plays;
      return {
        ...playbook,
        vars: await resolveVars(playbook.vars),
        plays: [await resolvePlay(first), ...(await Promise.all(more.map(resolvePlay)))],
      };
    },
    resolveInventory: async (inventory) => ({
      ...inventory,
      hosts: await Promise.all(inventory.hosts.map(async (host) => ({ ...host, vars: await resolveVars(host.vars) }))),
    }),
  };
}

async function readSecretOption(
  option: string,
  readSecret: (name: string, from: string) => Promise<string>,
): Promise<readonly [string, string]> {
  const [, name, from] = /^([A-Za-z_]\w*)=(.*)$/s.exec(option) ?? [];
  if (name === undefined || from === undefined) throw secretError('--secret takes NAME=SOURCE', `a source is ${SOURCE_FORMS}`);
  return [name, await readSecret(name, from)];
}

const secretError = (message: string, hint: string): SwarmError => new SwarmError('SW1207', message, { hint });

async function readSecret(name: string, from: string, dir: string): Promise<string> {
  const source = parseSecretSource(from);
  // what was given may be the value itself: it is not repeated
  if (source === undefined)
    throw secretError(
      `the secret ${name} is not given as ${SOURCE_FORMS}`,
      'a value on the command line is seen by every user of this machine',
    );
  const text =
    source.kind === 'env'
      ? readFromEnvironment(name, source.location)
      : source.kind === 'file'
        ? readFromFile(name, source.location, dir)
        : await readFromCommand(name, source.location, dir);
  const value = text.replace(/\r?\n$/, '');
  if (value.length < MIN_SECRET_LENGTH)
    throw secretError(`the secret ${name} has fewer than ${MIN_SECRET_LENGTH} characters: it could not be hidden`, 'use a longer one');
  if (value.includes('\0')) throw secretError(`the secret ${name} has a NUL byte in it`, 'hand it over encoded, in base64 for example');
  registerSecret(value);
  maskStandardStreams();
  return value;
}

function readFromEnvironment(name: string, variable: string): string {
  const value = process.env[variable];
  if (value !== undefined) return value;
  throw secretError(
    `the secret ${name} comes from the environment variable ${variable}, which is not set`,
    `export ${variable} before the run`,
  );
}

function readFromFile(name: string, path: string, dir: string): string {
  const file = resolve(dir, path.replace(/^~(?=\/)/, homedir()));
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw secretError(`the secret ${name} comes from ${file}, which is not there`, 'write it, with mode 0600');
  if (!stat.isFile()) throw secretError(`the secret ${name} comes from ${file}, which is no plain file`, 'name the file itself');
  if ((stat.mode & 0o077) !== 0 || (stat.uid !== process.getuid?.() && stat.uid !== 0))
    throw secretError(`the secret ${name} comes from ${file}, which others may read or write`, `chmod 0600 ${file}`);
  return readFileSync(file, 'utf8');
}

async function readFromCommand(name: string, command: string, dir: string): Promise<string> {
  try {
    return (await promisify(execFile)('/bin/sh', ['-c', command], { cwd: dir, timeout: 120_000, maxBuffer: 1 << 20 })).stdout;
  } catch (error) {
    const { code } = error as { readonly code?: number | string };
    throw secretError(
      `the command of the secret ${name} failed${code === undefined ? '' : ` (${code})`}`,
      'run it by hand: its output may be secret and is not shown',
    );
  }
}

let streamsMasked = false;

/** Whatever this process says on its own streams, an error that nobody expected too. */
function maskStandardStreams(): void {
  if (streamsMasked) return;
  streamsMasked = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === 'string' ? maskText(chunk) : chunk, ...rest)) as typeof stream.write;
  }
}
