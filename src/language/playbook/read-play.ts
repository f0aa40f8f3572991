import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { innerSteps, type MetaStep, type Step } from '../../core/playbook/step-model.ts';
import { checkHostPattern, checkNotifiedHandlers } from './check-play.ts';
import { asList } from './files/raw-step.ts';
import { noteHiddenNames } from './playbook-warnings.ts';
import { fixedFlag, readFlags, readPlayTemplates } from './read-flags.ts';
import { readQueue } from './read-queue.ts';
import { checkMapping } from './reader/check-mapping.ts';
import { checkTemplates } from './reader/check-templates.ts';
import { readBecome, splitTags, toEnvironment, toTextList } from './reader/keyword-values.ts';
import { createPlayScope, type PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from './reader/read-context.ts';
import { type PlayEntry, playSchema } from './shapes/playbook-schema.ts';
import { readModuleDefaults } from './steps/module-defaults.ts';
import { readRoles } from './steps/read-role.ts';
import { readSteps } from './steps/read-steps.ts';
import { readHandlers } from './steps/read-task.ts';
import { usesFacts, usesHostVariables } from './used-facts.ts';
import { listKeys, readVarsOfFiles } from './vars-files.ts';

/** One play with its steps and handlers; undefined where it is wrong, with problems for it. */
export function readPlay(shared: PlaybookReader, context: ReadContext, value: unknown, index: number): Play | undefined {
  const reader: PlaybookReader = { ...shared, play: createPlayScope(`${index}.`) };
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
  noteHiddenNames(reader, childContext(context, 'vars'), listKeys(raw['vars']));
  const become = readBecome(keywords, undefined);
  const named = { ...withNames(context, [...listKeys(raw['vars']), ...Object.keys(vars)]), ...(become ? { become } : {}) };
  const outer = readModuleDefaults(reader, named, keywords.module_defaults);
  const inner = keywords.queue === undefined ? outer : withNames(outer, ['item']);
  const steps = readParts(reader, inner, raw, index);
  const handlers = [
    ...readHandlers(reader, childContext(inner, 'handlers'), asList(raw['handlers']), `${index}.h`),
    ...reader.play.handlers,
  ];
  if ([...PARTS, 'handlers'].every((key) => raw[key] === undefined)) {
    const message = `play ${index + 1} has no \`tasks\``;
    reader.problems.push(new SwarmError('SW1101', message, { at: source.valueSpan(path), hint: 'Add tasks: with a list of tasks.' }));
  }
  for (const key of ['vars', 'environment', 'name', 'throttle', 'become_user', 'remote_user', 'port'] as const)
    checkTemplates(reader, childContext(outer, key), keywords[key]);
  checkHostPattern(reader, childContext(context, 'hosts'), keywords.hosts);
  checkNotifiedHandlers(reader, reader.notified.splice(0), handlers);
  checkHostErrors(reader, keywords, steps);
  const queue = keywords.queue === undefined ? undefined : readQueue(reader, childContext(outer, 'queue'), keywords.queue);
  if (entry === undefined) return undefined;
  const hosts = toTextList(entry.hosts).join(',');
  const templates = readPlayTemplates(reader, outer, entry);
  const roleVars = [reader.play.vars, reader.play.defaults];
  return {
    name: entry.name ?? hosts,
    hosts,
    hostsAt: source.valueSpan([...path, 'hosts']),
    vars: { ...vars, ...reader.play.vars },
    defaults: reader.play.defaults,
    when: [],
    ignoreUnreachable: fixedFlag(entry.ignore_unreachable),
    environment: toEnvironment(entry.environment),
    tags: splitTags(entry.tags),
    serial: (templates.templates?.serial === undefined ? [entry.serial ?? []].flat() : []) as Play['serial'],
    anyErrorsFatal: fixedFlag(entry.any_errors_fatal),
    runOnce: fixedFlag(entry.run_once),
    forceHandlers: fixedFlag(entry.force_handlers),
    ...readFlags(reader, outer, { become: entry.become }),
    ...templates,
    strategy: entry.strategy ?? 'linear',
    order: entry.order ?? 'inventory',
    gatherFacts: entry.gather_facts ?? 'smart',
    usesFacts: shared.play.usesFacts || reader.play.usesFacts || usesFacts([vars, ...roleVars], 'probed'),
    usesLocalFacts: shared.play.usesLocalFacts || reader.play.usesLocalFacts || usesFacts([vars, ...roleVars], 'local'),
    usesHostVariables: shared.play.usesHostVariables || reader.play.usesHostVariables || usesHostVariables([vars, ...roleVars]),
    steps,
    handlers,
    at: source.valueSpan(path),
    ...(become === undefined ? {} : { become }),
    ...(entry.remote_user === undefined ? {} : { remoteUser: entry.remote_user }),
    ...(entry.port === undefined ? {} : { port: entry.port }),
    ...(entry.throttle === undefined ? {} : { throttle: entry.throttle }),
    ...(typeof entry.max_fail_percentage === 'number' ? { maxFailPercentage: entry.max_fail_percentage } : {}),
    ...(queue === undefined ? {} : { queue }),
  };
}

/** Where hosts do not wait for each other, a host that failed has nothing to go on with. */
function checkHostErrors({ problems }: PlaybookReader, { strategy = 'linear', queue }: Partial<PlayEntry>, steps: readonly Step[]): void {
  if (strategy === 'linear' && queue === undefined) return;
  for (const step of steps) {
    checkHostErrors({ problems } as PlaybookReader, { strategy, queue }, innerSteps(step));
    if (step.kind !== 'meta' || step.action !== 'clear_host_errors') continue;
    const hint = 'Write it into a play with strategy: linear, or use ignore_errors: and ignore_unreachable:.';
    problems.push(new SwarmError('SW1104', 'meta: clear_host_errors needs hosts that wait for each other', { at: step.at, hint }));
  }
}

const PARTS = ['pre_tasks', 'roles', 'tasks', 'post_tasks'] as const;

/** The steps of a play in Ansible's order. Notified handlers run after `pre_tasks`, and before `post_tasks`. */
function readParts(reader: PlaybookReader, context: ReadContext, raw: Readonly<Record<string, unknown>>, index: number): readonly Step[] {
  const part = (key: (typeof PARTS)[number], read: typeof readSteps, mark: string): readonly Step[] =>
    read(reader, childContext(context, key), asList(raw[key]), `${index}.${mark}`);
  if (raw['queue'] !== undefined) checkQueueParts(reader, context, raw);
  const roles = part('roles', readRoles, 'role');
  const [before, tasks, after] = [part('pre_tasks', readSteps, 'pre'), part('tasks', readSteps, ''), part('post_tasks', readSteps, 'post')];
  const flush = (mark: string): MetaStep => flushStep(`${index}.${mark}`, context);
  return [
    ...(before.length === 0 ? [] : [...before, flush('flush-pre')]),
    ...roles,
    ...tasks,
    ...(after.length === 0 ? [] : [flush('flush'), ...after]),
  ];
}

/** The tasks of a queue run for each item, so there is nothing before or after all of them. */
function checkQueueParts({ problems }: PlaybookReader, { source, path }: ReadContext, raw: Readonly<Record<string, unknown>>): void {
  for (const key of ['pre_tasks', 'post_tasks'])
    if (raw[key] !== undefined) {
      const at = source.keySpan([...path, key]);
      problems.push(new SwarmError('SW1104', `a play with queue: has no \`${key}\``, { at, hint: 'Write a play of its own for them.' }));
    }
}

function flushStep(id: string, { source, path }: ReadContext): MetaStep {
  return {
    ...{ kind: 'meta', id, action: 'flush_handlers', when: [], vars: {}, tags: ['always'], environment: {}, at: source.valueSpan(path) },
    ...{ runOnce: false, ignoreErrors: false, ignoreUnreachable: false, noLog: false, keepOutput: false },
  };
}
