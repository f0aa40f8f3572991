import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Play, Playbook } from '../../core/playbook/playbook-model.ts';
import type { Step } from '../../core/playbook/step-model.ts';
import { findSecretSource } from '../../language/schema/secret-source.ts';
import { readSecret, SOURCE_FORMS, secretError } from './read-secret.ts';

/** The values of secrets, each fetched once and hidden from then on. */
export interface SecretResolver {
  /** `NAME=env:VAR|file:PATH|cmd:CMD` of the command line. */
  readOptions(words: readonly string[]): Promise<Vars>;
  resolvePlaybook(playbook: Playbook): Promise<Playbook>;
  resolveInventory(inventory: Inventory): Promise<Inventory>;
}

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
    if (step.kind === 'include') {
      const { read } = step;
      const [task, candidates] = [await resolveStep(step.task), await resolveSteps(step.candidates)];
      return { ...step, task, candidates, read: async (...of: Parameters<typeof read>) => resolveSteps(await read(...of)) };
    }
    const vars = await resolveVars(step.vars);
    const defaults = step.defaults === undefined ? {} : { defaults: await resolveVars(step.defaults) };
    if (step.kind !== 'block') return { ...step, vars, ...defaults };
    const [block, rescue, always] = await Promise.all([step.block, step.rescue, step.always].map(resolveSteps));
    return { ...step, vars, ...defaults, block, rescue, always };
  };
  const resolveSteps = (steps: readonly Step[]): Promise<readonly Step[]> => Promise.all(steps.map(resolveStep));
  const resolvePlay = async (play: Play): Promise<Play> => ({
    ...play,
    vars: await resolveVars(play.vars),
    defaults: await resolveVars(play.defaults),
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
  if (name === undefined || from === undefined) throw secretError('--secret takes NAME=SOURCE', `Write the source as ${SOURCE_FORMS}.`);
  return [name, await readSecret(name, from)];
}
