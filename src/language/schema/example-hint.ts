import { stringify } from 'yaml';
import type { Json } from '../../core/json-value.ts';
import type { KeyPath } from '../yaml/source-document.ts';

/** Where an example of a value comes from. */
export interface ExampleSource {
  /** An example of the value of a key, for a wrong one. */
  readonly exampleOf?: (key: string) => Json | undefined;
  /** The module, where the value is its args. */
  readonly module?: string;
}

const HOLDERS_OF_NAMES = new Set<unknown>(['hosts', 'groups', 'targets', 'vars']);

/** What to write for `~`, which only a shell replaces, in an argument of a module. */
export const homeHint = (found: unknown, expectation: string, { module }: ExampleSource): string | undefined =>
  module !== undefined && /absolute path|with ~/.test(expectation) && typeof found === 'string' && /^~(?:\/|$)/.test(found)
    ? `For the home folder of the login, write: "{{ facts.home }}${found.slice(1)}"`
    : undefined;

/** An example of the key of the wrong value, or of the nearest key above that shows it; for a module its page. */
export function exampleHint(path: KeyPath, { exampleOf, module }: ExampleSource): string | undefined {
  if (module !== undefined) return `To see the arguments, run: swarm modules ${module}`;
  const isName = (at: number): boolean => HOLDERS_OF_NAMES.has(path[at - 1]); // a group may be called drones
  const last = path.findLast((key, at) => typeof key === 'string' && !isName(at));
  const examples = path.flatMap((key, at) => {
    if (isName(at)) return [];
    const example = exampleOf?.(String(key));
    const shows = key === last || JSON.stringify(example)?.includes(`"${String(last)}":`) === true;
    return example === undefined || !shows ? [] : [formatExample(String(key), example)];
  });
  return examples.length === 0 ? undefined : `For example: ${examples.at(-1)}`;
}

/** `routes: [ { local: 192.0.2.11 } ]`, in one line of YAML. */
const formatExample = (key: string, example: Json): string =>
  stringify({ [key]: example }, { collectionStyle: 'flow', lineWidth: 0 })
    .trim()
    .replace(/^\{ (.*) \}$/s, '$1');
