import { execFile } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { SwarmError } from '../../core/error.ts';
import type { Inventory, Json, Vars } from '../../core/host.ts';
import { hide, masked, SHORTEST_SECRET } from '../../core/mask.ts';
import type { Play, Playbook, Step } from '../../core/playbook-model.ts';
import { secretFrom, secretSource } from '../../language/schema/secret-source.ts';

/** The values of secrets, each fetched once and hidden from then on. */
export interface Secrets {
  /** `NAME=env:VAR|file:PATH|cmd:CMD` of the command line. */
  given(words: readonly string[]): Promise<Vars>;
  inPlaybook(playbook: Playbook): Promise<Playbook>;
  inInventory(inventory: Inventory): Promise<Inventory>;
}

const FORMS = 'env:NAME, file:PATH (mode 0600) or cmd:COMMAND';

/** Paths are below the project's folder. Everything throws SW1207, and never with a value in it. */
export function secretsOf(dir: string): Secrets {
  const known = new Map<string, Promise<string>>();
  const value = (name: string, from: string): Promise<string> => {
    const fetched = known.get(from) ?? fetchSecret(name, from, dir);
    known.set(from, fetched);
    return fetched;
  };
  const inValue = async (name: string, given: Json): Promise<Json> => {
    const from = secretFrom(given);
    if (from !== undefined) return value(name, from);
    if (Array.isArray(given)) return Promise.all(given.map((each) => inValue(name, each)));
    return typeof given === 'object' && given !== null ? inVars(given as Vars) : given;
  };
  const inVars = async (vars: Vars): Promise<Vars> =>
    Object.fromEntries(await Promise.all(Object.entries(vars).map(async ([name, each]) => [name, await inValue(name, each)] as const)));
  const inStep = async <S extends Step>(step: S): Promise<S> => {
    const vars = await inVars(step.vars);
    if (step.kind === 'task') return { ...step, vars };
    const [block, rescue, always] = await Promise.all([step.block, step.rescue, step.always].map(inSteps));
    return { ...step, vars, block, rescue, always };
  };
  const inSteps = (steps: readonly Step[]): Promise<readonly Step[]> => Promise.all(steps.map(inStep));
  const inPlay = async (play: Play): Promise<Play> => ({
    ...play,
    vars: await inVars(play.vars),
    steps: await inSteps(play.steps),
    handlers: await Promise.all(play.handlers.map(inStep)),
  });
  return {
    given: async (words) => Object.fromEntries(await Promise.all(words.map((word) => fromWord(word, value)))),
    inPlaybook: async (playbook) => {
      const [first, ...more] = playbook.plays;
      return { ...playbook, vars: await inVars(playbook.vars), plays: [await inPlay(first), ...(await Promise.all(more.map(inPlay)))] };
    },
    inInventory: async (inventory) => ({
      ...inventory,
      hosts: await Promise.all(inventory.hosts.map(async (host) => ({ ...host, vars: await inVars(host.vars) }))),
    }),
  };
}

async function fromWord(word: string, value: (name: string, from: string) => Promise<string>): Promise<readonly [string, string]> {
  const [, name, from] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
  if (name === undefined || from === undefined) throw refused('--secret takes NAME=SOURCE', `a source is ${FORMS}`);
  return [name, await value(name, from)];
}

const refused = (message: string, hint: string): SwarmError => new SwarmError('SW1207', message, { hint });

async function fetchSecret(name: string, from: string, dir: string): Promise<string> {
  const source = secretSource(from);
  // what was given may be the value itself: it is not repeated
  if (source === undefined)
    throw refused(`the secret ${name} is not given as ${FORMS}`, 'a value on the command line is seen by every user of this machine');
  const text =
    source.kind === 'env'
      ? fromEnv(name, source.of)
      : source.kind === 'file'
        ? fromFile(name, source.of, dir)
        : await fromCommand(name, source.of, dir);
  const value = text.replace(/\r?\n$/, '');
  if (value.length < SHORTEST_SECRET)
    throw refused(`the secret ${name} has fewer than ${SHORTEST_SECRET} characters: it could not be hidden`, 'use a longer one');
  if (value.includes('\0')) throw refused(`the secret ${name} has a NUL byte in it`, 'hand it over encoded, in base64 for example');
  hide(value);
  guardStreams();
  return value;
}

function fromEnv(name: string, variable: string): string {
  const value = process.env[variable];
  if (value !== undefined) return value;
  throw refused(
    `the secret ${name} comes from the environment variable ${variable}, which is not set`,
    `export ${variable} before the run`,
  );
}

function fromFile(name: string, path: string, dir: string): string {
  const file = resolve(dir, path.replace(/^~(?=\/)/, homedir()));
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw refused(`the secret ${name} comes from ${file}, which is not there`, 'write it, with mode 0600');
  if (!stat.isFile()) throw refused(`the secret ${name} comes from ${file}, which is no plain file`, 'name the file itself');
  if ((stat.mode & 0o077) !== 0 || (stat.uid !== process.getuid?.() && stat.uid !== 0))
    throw refused(`the secret ${name} comes from ${file}, which others may read or write`, `chmod 0600 ${file}`);
  return readFileSync(file, 'utf8');
}

async function fromCommand(name: string, command: string, dir: string): Promise<string> {
  try {
    return (await promisify(execFile)('/bin/sh', ['-c', command], { cwd: dir, timeout: 120_000, maxBuffer: 1 << 20 })).stdout;
  } catch (error) {
    const { code } = error as { readonly code?: number | string };
    throw refused(
      `the command of the secret ${name} failed${code === undefined ? '' : ` (${code})`}`,
      'run it by hand: its output may be secret and is not shown',
    );
  }
}

let guarded = false;

/** Whatever this process says on its own streams, an error that nobody expected too. */
function guardStreams(): void {
  if (guarded) return;
  guarded = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === 'string' ? masked(chunk) : chunk, ...rest)) as typeof stream.write;
  }
}
