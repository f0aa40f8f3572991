import type { PlayTemplate, PlayTemplates } from '../../core/playbook/playbook-model.ts';
import type { Flag, FlagKeyword } from '../../core/playbook/step-model.ts';
import { checkTemplates } from './reader/check-templates.ts';
import type { PlaybookReader } from './reader/playbook-reader.ts';
import { childContext, type ReadContext } from './reader/read-context.ts';

const FLAGS: readonly FlagKeyword[] = [
  ...(['become', 'run_once', 'ignore_errors', 'ignore_unreachable', 'check_mode', 'diff', 'no_log', 'keep_output', 'disruptive'] as const),
];

type Keywords = Readonly<Record<string, unknown>>;

/** The keywords of a step that are templates of true or false. */
export function readFlags(reader: PlaybookReader, context: ReadContext, entry: Keywords): { readonly flags?: readonly Flag[] } {
  const flags = FLAGS.flatMap((keyword): Flag[] => {
    const template = entry[keyword];
    if (typeof template !== 'string') return [];
    checkTemplates(reader, childContext(context, keyword), template);
    return [{ keyword, template, at: context.source.valueSpan([...context.path, keyword]) }];
  });
  return flags.length === 0 ? {} : { flags };
}

/** The value of a keyword that is not a template. */
export const fixedFlag = (value: boolean | string | undefined): boolean => value === true;

const PLAY_KEYWORDS: readonly PlayTemplate[] = [
  ...(['serial', 'max_fail_percentage', 'any_errors_fatal', 'force_handlers', 'run_once', 'ignore_unreachable'] as const),
];

/** The keywords that say how a play runs, and that are templates. */
export function readPlayTemplates(reader: PlaybookReader, context: ReadContext, entry: Keywords): { readonly templates?: PlayTemplates } {
  const templates = PLAY_KEYWORDS.flatMap((keyword) => {
    const value = entry[keyword];
    if (!JSON.stringify(value ?? null).includes('{{')) return [];
    checkTemplates(reader, childContext(context, keyword), value);
    return [[keyword, value] as const];
  });
  return templates.length === 0 ? {} : { templates: Object.fromEntries(templates) as PlayTemplates };
}
