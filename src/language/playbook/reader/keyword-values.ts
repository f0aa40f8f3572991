import type { Become } from '../../../core/inventory/login.ts';
import type { Json } from '../../../core/json-value.ts';
import type { Environment } from '../../../core/playbook/step-model.ts';
import type { BecomeEntry } from '../shapes/keyword-shapes.ts';

/** The become of a step or a play. False: explicitly without; undefined: not set. */
export function readBecome(entry: BecomeEntry, inherited: Become | undefined): Become | false | undefined {
  const { become, become_user: user, become_method: method } = entry;
  if (become === false) return false;
  if (become === undefined && user === undefined && method === undefined) return undefined;
  const named = method ?? (inherited?.assumedMethod === true ? undefined : inherited?.method);
  const chosen = named === undefined ? ({ method: 'sudo', assumedMethod: true } as const) : { method: named };
  return { ...chosen, user: user ?? inherited?.user ?? 'root' };
}

/** The tags of a text or a list; a text has commas between them. */
export const splitTags = (tags: string | readonly string[] | undefined): readonly string[] =>
  [tags ?? []].flat().flatMap((each) => each.split(',').map((tag) => tag.trim()));

/** A text or a list of texts as a list. */
export const toTextList = (value: string | readonly string[] | undefined): readonly string[] => [value ?? []].flat();

/** The variables of an environment as texts; a template stays as it is. */
export const toEnvironment = (value: Readonly<Record<string, Json>> | string | undefined): Environment =>
  typeof value === 'string' ? value : Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, String(each)]));
