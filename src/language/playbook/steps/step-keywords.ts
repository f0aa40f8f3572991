import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Vars } from '../../../core/json-value.ts';
import type { StepKeywords } from '../../../core/playbook/step-model.ts';
import { noteHiddenNames } from '../playbook-warnings.ts';
import { fixedFlag, readFlags } from '../read-flags.ts';
import { checkKeyTemplates } from '../reader/check-templates.ts';
import { readBecome, splitTags, toEnvironment } from '../reader/keyword-values.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext, withNames } from '../reader/read-context.ts';
import { readConditions } from '../reader/read-expression.ts';
import type { StepKeywordsEntry } from '../shapes/keyword-shapes.ts';
import { readModuleDefaults } from './module-defaults.ts';

/** What tasks and blocks have in common, and the names that are defined inside. */
export function readStepKeywords(
  reader: PlaybookReader,
  context: ReadContext,
  entry: StepKeywordsEntry,
  extraNames: readonly string[] = [],
): { readonly common: StepKeywords; readonly inner: ReadContext } {
  const vars = (entry.vars ?? {}) as Vars;
  noteHiddenNames(reader, childContext(context, 'vars'), Object.keys(vars));
  const become = readBecome(entry, context.become);
  const named = { ...withNames(context, [...Object.keys(vars), ...extraNames]), ...(become ? { become } : {}) };
  const inner = readModuleDefaults(reader, named, entry.module_defaults);
  checkKeyTemplates(reader, inner, entry, ['vars', 'environment', 'delegate_to', 'name', 'throttle', 'become_user', 'remote_user']);
  checkDelegate(reader, context, entry.delegate_to);
  const common: StepKeywords = {
    when: readConditions(reader, childContext(inner, 'when'), entry.when),
    vars,
    tags: splitTags(entry.tags),
    environment: toEnvironment(entry.environment),
    runOnce: fixedFlag(entry.run_once),
    ignoreUnreachable: fixedFlag(entry.ignore_unreachable),
    ignoreErrors: fixedFlag(entry.ignore_errors),
    noLog: fixedFlag(entry.no_log),
    keepOutput: fixedFlag(entry.keep_output),
    ...readFlags(reader, inner, entry),
    at: context.source.valueSpan(context.path),
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(become === undefined ? {} : { become }),
    ...(entry.remote_user === undefined ? {} : { remoteUser: entry.remote_user }),
    ...(entry.throttle === undefined ? {} : { throttle: entry.throttle }),
    ...(context.role === undefined ? {} : { role: context.role }),
    ...(entry.delegate_to === undefined ? {} : { delegateTo: entry.delegate_to }),
    ...(typeof entry.check_mode === 'boolean' ? { check: entry.check_mode } : {}),
    ...(typeof entry.diff === 'boolean' ? { diff: entry.diff } : {}),
  };
  return { common, inner };
}

function checkDelegate({ inventory, problems }: PlaybookReader, { source, path }: ReadContext, delegateTo: string | undefined): void {
  if (delegateTo === undefined || inventory === undefined || delegateTo.includes('{{')) return;
  const names = inventory.hosts.map(({ name }) => name);
  if (names.some((name) => name === delegateTo)) return;
  const near = closestName(delegateTo, names);
  const hint = near === undefined ? 'Write the name of one host of the inventory.' : `Did you mean \`${near}\`?`;
  problems.push(new SwarmError('SW1102', `no host is called \`${delegateTo}\``, { at: source.valueSpan([...path, 'delegate_to']), hint }));
}
