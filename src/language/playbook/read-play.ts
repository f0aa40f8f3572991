import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { innerSteps, type Step } from '../../core/playbook/step-model.ts';
import { checkHostPattern, checkNotifiedHandlers } from './check-play.ts';
import { asList, isRecord } from './files/raw-step.ts';
import { noteHiddenNames } from './playbook-warnings.ts';
import { fixedFlag, readFlags, readPlayTemplates } from './read-flags.ts';
import { PLAY_PARTS, readPlaySteps } from './read-play-steps.ts';
import { readQueue } from './read-queue.ts';
import { checkMapping } from './reader/check-mapping.ts';
import { checkTemplates } from './reader/check-templates.ts';
import { readBecome, splitTags, toEnvironment, toTextList } from './reader/keyword-values.ts';
import { createPlayScope, type PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from './reader/read-context.ts';
import { type PlayEntry, playSchema } from './shapes/playbook-schema.ts';
import { readModuleDefaults } from './steps/module-defaults.ts';
import { readHandlers } from './steps/read-task.ts';
import { usesFacts, usesHostVariables } from './used-facts.ts';
import { listKeys, readVarsOfFiles } from './vars-files.ts';

/** One play with its steps and handlers; undefined where it is wrong, with problems for it. */
export function readPlay(shared: PlaybookReader, context: ReadContext, value: unknown, index: number): Play | undefined {
  const reader: PlaybookReader = { ...shared, play: createPlayScope(`${index}.`) };
  const { source, path } = context;
  const raw = toRawPlay(reader, context, value, index);
  if (raw === undefined) return undefined;
  const entry = checkMapping(reader, context, playSchema, { ...raw, hosts: raw['hosts'] ?? 'all' });
  const keywords: Partial<PlayEntry> = entry ?? {};
  const vars = { ...((keywords.vars ?? {}) as Vars), ...readVarsOfFiles(reader, childContext(context, 'vars_files'), keywords.vars_files) };
  noteHiddenNames(reader, childContext(context, 'vars'), listKeys(raw['vars']));
  const become = readBecome(keywords, undefined);
  const named = { ...withNames(context, [...listKeys(raw['vars']), ...Object.keys(vars)]), ...(become ? { become } : {}) };
  const outer = readModuleDefaults(reader, named, keywords.module_defaults);
  const inner = keywords.queue === undefined ? outer : withNames(outer, ['item']);
  const steps = readPlaySteps(reader, inner, raw, index);
  const handlers = [
    ...readHandlers(reader, childContext(inner, 'handlers'), asList(raw['handlers']), `${index}.h`),
    ...reader.play.handlers,
  ];
  for (const key of ['vars', 'environment', 'name', 'throttle', 'become_user', 'remote_user', 'port'] as const)
    checkTemplates(reader, childContext(outer, key), keywords[key]);
  checkHostPattern(reader, childContext(context, 'hosts'), keywords.hosts);
  checkNotifiedHandlers(reader, reader.notified.splice(0), handlers);
  checkHostErrors(reader, keywords, steps);
  const queue = keywords.queue === undefined ? undefined : readQueue(reader, childContext(outer, 'queue'), keywords.queue);
  if (entry === undefined) return undefined;
  return {
    ...playSettings(reader, outer, entry),
    ...variableUses(shared.play, reader.play, vars),
    hostsAt: source.valueSpan([...path, 'hosts']),
    vars: { ...vars, ...reader.play.vars },
    defaults: reader.play.defaults,
    when: [],
    steps,
    handlers,
    at: source.valueSpan(path),
    ...(become === undefined ? {} : { become }),
    ...(queue === undefined ? {} : { queue }),
  };
}

type RawPlay = Readonly<Record<string, unknown>>;

/** A play as it is written. Undefined where it is not a mapping. A problem for one without hosts or tasks. */
function toRawPlay({ problems }: PlaybookReader, { source, path }: ReadContext, value: unknown, index: number): RawPlay | undefined {
  const at = source.valueSpan(path);
  if (!isRecord(value)) {
    problems.push(new SwarmError('SW1109', 'a play must be a mapping', { at, hint: 'Write: - { name: NAME, hosts: all, tasks: [] }' }));
    return undefined;
  }
  const report = (key: string, hint: string): void =>
    void problems.push(new SwarmError('SW1101', `play ${index + 1} has no \`${key}\``, { at, hint }));
  if (value['hosts'] === undefined || value['hosts'] === null) report('hosts', 'Add hosts: all, or the name of a group.');
  if ([...PLAY_PARTS, 'handlers'].every((key) => value[key] === undefined)) report('tasks', 'Add tasks: with a list of tasks.');
  return value;
}

/** What the keywords of a play say, apart from its variables and steps. */
function playSettings(reader: PlaybookReader, context: ReadContext, entry: PlayEntry) {
  const hosts = toTextList(entry.hosts).join(',');
  const templates = readPlayTemplates(reader, context, entry);
  return {
    name: entry.name ?? hosts,
    hosts,
    ignoreUnreachable: fixedFlag(entry.ignore_unreachable),
    environment: toEnvironment(entry.environment),
    tags: splitTags(entry.tags),
    serial: (templates.templates?.serial === undefined ? [entry.serial ?? []].flat() : []) as Play['serial'],
    anyErrorsFatal: fixedFlag(entry.any_errors_fatal),
    runOnce: fixedFlag(entry.run_once),
    forceHandlers: fixedFlag(entry.force_handlers),
    ...readFlags(reader, context, { become: entry.become }),
    ...templates,
    strategy: entry.strategy ?? 'linear',
    order: entry.order ?? 'inventory',
    gatherFacts: entry.gather_facts ?? 'smart',
    ...(entry.remote_user === undefined ? {} : { remoteUser: entry.remote_user }),
    ...(entry.port === undefined ? {} : { port: entry.port }),
    ...(entry.throttle === undefined ? {} : { throttle: entry.throttle }),
    ...(typeof entry.max_fail_percentage === 'number' ? { maxFailPercentage: entry.max_fail_percentage } : {}),
  };
}

/** Whether a play, or what all plays share, uses facts and variables of hosts. */
function variableUses(
  shared: PlaybookReader['play'],
  own: PlaybookReader['play'],
  vars: Vars,
): Pick<Play, 'usesFacts' | 'usesLocalFacts' | 'usesHostVariables'> {
  const all = [vars, own.vars, own.defaults];
  return {
    usesFacts: shared.usesFacts || own.usesFacts || usesFacts(all, 'probed'),
    usesLocalFacts: shared.usesLocalFacts || own.usesLocalFacts || usesFacts(all, 'local'),
    usesHostVariables: shared.usesHostVariables || own.usesHostVariables || usesHostVariables(all),
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
