import { nearest, SwarmError } from '../../core/error.ts';
import type { Vars } from '../../core/host.ts';
import type { Common } from '../../core/playbook-model.ts';
import {
  below,
  checkTemplates,
  environmentOf,
  type Here,
  type Reader,
  readBecome,
  readConditions,
  seeing,
  tagsOf,
} from './playbook-reader.ts';
import type { CommonEntry } from './playbook-schema.ts';

/** What tasks and blocks have in common, and what is in sight inside. */
export function readCommon(
  reader: Reader,
  here: Here,
  entry: CommonEntry,
  more: readonly string[] = [],
): { readonly common: Common; readonly inner: Here } {
  const vars = (entry.vars ?? {}) as Vars;
  const become = readBecome(entry, here.become);
  const inner = { ...seeing(here, [...Object.keys(vars), ...more]), ...(become ? { become } : {}) };
  checkTemplates(reader, below(inner, 'vars'), vars);
  checkTemplates(reader, below(inner, 'environment'), entry.environment);
  checkTemplates(reader, below(inner, 'delegate_to'), entry.delegate_to);
  checkTemplates(reader, below(inner, 'name'), entry.name);
  checkDelegate(reader, here, entry.delegate_to);
  const common: Common = {
    when: readConditions(reader, below(inner, 'when'), entry.when),
    vars,
    tags: tagsOf(entry.tags),
    environment: environmentOf(entry.environment),
    runOnce: entry.run_once ?? false,
    ignoreErrors: entry.ignore_errors ?? false,
    noLog: entry.no_log ?? false,
    at: here.source.at(here.path),
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(become === undefined ? {} : { become }),
    ...(entry.delegate_to === undefined ? {} : { delegateTo: entry.delegate_to }),
    ...(entry.check_mode === undefined ? {} : { check: entry.check_mode }),
    ...(entry.diff === undefined ? {} : { diff: entry.diff }),
  };
  return { common, inner };
}

function checkDelegate({ inventory, problems }: Reader, { source, path }: Here, to: string | undefined): void {
  if (to === undefined || inventory === undefined || to.includes('{{')) return;
  const names = inventory.hosts.map(({ name }) => name);
  if (names.some((name) => name === to)) return;
  const near = nearest(to, names);
  const hint = near === undefined ? 'delegate_to names one host of the inventory' : `did you mean \`${near}\`?`;
  problems.push(new SwarmError('SW1102', `no host is called \`${to}\``, { at: source.at([...path, 'delegate_to']), hint }));
}
