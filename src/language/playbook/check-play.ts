import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { matchTerm, parseHostPattern } from '../inventory/host-pattern.ts';
import { checkTemplates } from './reader/check-templates.ts';
import { toTextList } from './reader/keyword-values.ts';
import type { NotifiedHandler, PlaybookReader } from './reader/playbook-reader.ts';
import type { ReadContext } from './reader/read-context.ts';
import { handlerNames, unknownHandlerError } from './steps/unknown-handler.ts';

/** SW1102 for each term of a pattern that matches nothing. */
export function checkHostPattern(reader: PlaybookReader, context: ReadContext, hosts: string | readonly string[] | undefined): void {
  checkTemplates(reader, context, hosts);
  for (const [i, pattern] of toTextList(hosts).entries()) {
    if (reader.inventory === undefined || pattern.includes('{{')) continue;
    const path = typeof hosts === 'string' ? context.path : [...context.path, i];
    for (const term of parseHostPattern(pattern)) {
      try {
        matchTerm(reader.inventory, term);
      } catch (thrown) {
        if (!(thrown instanceof SwarmError)) throw thrown;
        const at = context.source.textSpan(path, term.offset, term.offset + term.text.length);
        reader.problems.push(new SwarmError('SW1102', thrown.message, { at, hint: thrown.hint }));
      }
    }
  }
}

/** SW1110 for a notify that names no handler of the play. */
export function checkNotifiedHandlers(
  { problems, play }: PlaybookReader,
  notified: readonly NotifiedHandler[],
  handlers: readonly Task[],
): void {
  const names = new Set([...handlers.flatMap(handlerNames), ...play.brokenHandlers]);
  for (const { name, at } of notified) if (!names.has(name) && !name.includes('{{')) problems.push(unknownHandlerError(name, handlers, at));
}
