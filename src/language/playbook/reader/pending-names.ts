import type { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Span } from '../../../core/span.ts';
import { checkNameUse, type NameUse, undefinedNameError } from '../../expression/scope-names.ts';
import { findInventoryVariables } from '../inventory-variables.ts';
import { findUnknownField, type ResultShape } from '../result-fields.ts';
import { isFactUse } from '../used-facts.ts';
import type { PlaybookReader } from './playbook-reader.ts';
import type { ReadContext } from './read-context.ts';

/** Remembers a name that a template or an expression, `text`, uses. It is checked when everything is read. */
export function addPendingName(
  { pendingNames, play }: PlaybookReader,
  { locals, result = 'open' }: ReadContext,
  use: NameUse,
  text: string,
  at: () => Span,
): void {
  if (use.name === 'hostvars') play.usesHostVariables = true;
  if (isFactUse(use, text, 'probed')) play.usesFacts = true;
  if (isFactUse(use, text, 'local')) play.usesLocalFacts = true;
  pendingNames.push({ use, locals, result, at });
}

/** Names that every task may use: those from `outside` (of swarm, of the command line), of results, of the inventory, and those that a
 *  condition tests with defined(), which are given, or not, from outside. Undefined where they are not all known: a file that could not be
 *  read may define any. */
export function listSharedNames(reader: PlaybookReader, outside: Iterable<string>): ReadonlySet<string> | undefined {
  const unreadable = [...reader.sources.files.values()].some(({ value }) => value === undefined);
  return unreadable || reader.inventory === undefined ? undefined : collectSharedNames(reader, outside);
}

function collectSharedNames({ pendingNames, registered, inventory }: PlaybookReader, outside: Iterable<string>): ReadonlySet<string> {
  const tested = pendingNames.flatMap(({ use }) => (use.optional ? [use.name] : []));
  return new Set([...outside, ...registered.keys(), ...findInventoryVariables(inventory).names, ...tested]);
}

/** SW1108 for every name that nothing defines: neither the playbook nor, where it is known, the inventory, and that is not
 *  from `outside`. */
export function checkPendingNames(reader: PlaybookReader, outside: Iterable<string>): void {
  const inventoryNames = findInventoryVariables(reader.inventory).names;
  const shared = collectSharedNames(reader, outside);
  const namesIncomplete = listSharedNames(reader, outside) === undefined;
  /** None where the name can also be a variable. */
  const shapesOf = (name: string, locals: ReadonlySet<string>, result: ResultShape): readonly ResultShape[] => {
    if (name === 'result' && locals.has(name)) return [result];
    return locals.has(name) || inventoryNames.has(name) ? [] : (reader.registered.get(name) ?? []);
  };
  for (const { use, locals, result, at } of reader.pendingNames) {
    const isKnown = namesIncomplete || locals.has(use.name) || shared.has(use.name);
    const problem =
      checkNameUse(use, isKnown, () => new Set([...locals, ...shared]), at) ??
      checkResultField(use, shapesOf(use.name, locals, result), at);
    if (problem !== undefined) reader.problems.push(problem);
  }
}

/** SW1108 for a field that the result of no task with this name has. */
function checkResultField({ name, fields, optional }: NameUse, shapes: readonly ResultShape[], at: () => Span): SwarmError | undefined {
  const unknown = optional || shapes.length === 0 ? undefined : findUnknownField(name, fields, shapes);
  return unknown && undefinedNameError(`\`${unknown.of}\` has no field \`${unknown.field}\``, unknown.field, unknown.known, at());
}
