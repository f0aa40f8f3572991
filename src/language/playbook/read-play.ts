import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook-model.ts';
import { checkHostPattern, checkNotifiedHandlers } from './check-play.ts';
import {
  checkMapping,
  checkTemplates,
  childContext,
  type PlaybookReader,
  type ReadContext,
  readBecome,
  splitTags,
  toEnvironment,
  toTextList,
  withNames,
} from './playbook-reader.ts';
import { type PlayEntry, playSchema } from './playbook-schema.ts';
import { readQueue } from './read-queue.ts';
import { readHandlers, readSteps } from './read-steps.ts';
import { listKeys, readVarsOfFiles } from './vars-files.ts';

/** One play with its steps and handlers; undefined where it is wrong, with problems for it. */
export function readPlay(reader: PlaybookReader, context: ReadContext, value: unknown, index: number): Play | undefined {
  const { source, path } = context;
  const raw = value as Readonly<Record<string, unknown>>;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    reader.problems.push(
      new SwarmError('SW1109', 'a play must be a mapping', {
        at: source.valueSpan(path),
        hint: 'Write: - { name: NAME, hosts: all, tasks: [] }',
      }),
    );
    return undefined;
  }
  if (raw['hosts'] === undefined || raw['hosts'] === null) {
    const message = `play ${index + 1} has no \`hosts\``;
    reader.problems.push(
      new SwarmError('SW1101', message, { at: source.valueSpan(path), hint: 'Add hosts: all, or the name of a group.' }),
    );
  }
  const entry = checkMapping(reader, context, playSchema, { ...raw, hosts: raw['hosts'] ?? 'all' });
  const keywords: Partial<PlayEntry> = entry ?? {};
  const vars = { ...((keywords.vars ?? {}) as Vars), ...readVarsOfFiles(reader, childContext(context, 'vars_files'), keywords.vars_files) };
  const become = readBecome(keywords, undefined);
  const outer = { ...withNames(context, [...listKeys(raw['vars']), ...Object.keys(vars)]), ...(become ? { become } : {}) };
  const inner = keywords.queue === undefined ? outer : withNames(outer, ['item']);
  const list = (key: 'tasks' | 'handlers'): readonly unknown[] => (Array.isArray(raw[key]) ? (raw[key] as unknown[]) : []);
  const steps = readSteps(reader, childContext(inner, 'tasks'), list('tasks'), `${index}.`, [context.file]);
  const handlers = readHandlers(reader, childContext(inner, 'handlers'), list('handlers'), `${index}.h`);
  if (raw['tasks'] === undefined && raw['handlers'] === undefined) {
    const message = `play ${index + 1} has no \`tasks\``;
    reader.problems.push(new SwarmError('SW1101', message, { at: source.valueSpan(path), hint: 'Add tasks: with a list of tasks.' }));
  }
  for (const key of ['vars', 'environment', 'name'] as const) checkTemplates(reader, childContext(outer, key), keywords[key]);
  checkHostPattern(reader, childContext(context, 'hosts'), keywords.hosts);
  checkNotifiedHandlers(reader, reader.notified.splice(0), handlers);
  const queue = keywords.queue === undefined ? undefined : readQueue(reader, childContext(outer, 'queue'), keywords.queue);
  if (entry === undefined) return undefined;
  const hosts = toTextList(entry.hosts).join(',');
  return {
    name: entry.name ?? hosts,
    hosts,
    hostsAt: source.valueSpan([...path, 'hosts']),
    vars,
    environment: toEnvironment(entry.environment),
    tags: splitTags(entry.tags),
    serial: [entry.serial ?? []].flat() as Play['serial'],
    anyErrorsFatal: entry.any_errors_fatal ?? false,
    runOnce: entry.run_once ?? false,
    forceHandlers: entry.force_handlers ?? false,
    strategy: entry.strategy ?? 'linear',
    order: entry.order ?? 'inventory',
    steps,
    handlers,
    at: source.valueSpan(path),
    ...(become === undefined ? {} : { become }),
    ...(entry.max_fail_percentage === undefined ? {} : { maxFailPercentage: entry.max_fail_percentage }),
    ...(queue === undefined ? {} : { queue }),
  };
}
