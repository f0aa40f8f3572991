import type { z } from 'zod';
import type { Json } from '../../../core/json-value.ts';
import { checkSchemaLeniently, type FaultCodes } from '../../schema/check-schema.ts';
import { acceptYesNo } from '../../schema/yes-no.ts';
import { ANSIBLE_KEYWORDS } from '../ansible/ansible-keywords.ts';
import { INNER_KEYWORDS, KEYWORD_EXAMPLES } from '../keyword-examples.ts';
import type { PlaybookReader } from './playbook-reader.ts';
import type { ReadContext } from './read-context.ts';

const PLAYBOOK_CODES: FaultCodes = { wrong: 'SW1109', missing: 'SW1101', unknown: 'SW1104' };

const exampleOf = (key: string): Json | undefined =>
  Object.hasOwn(KEYWORD_EXAMPLES, key) ? KEYWORD_EXAMPLES[key] : Object.hasOwn(INNER_KEYWORDS, key) ? INNER_KEYWORDS[key]?.[1] : undefined;

/** Checks a mapping with its schema. Wrong parts are reported and left out, so that the rest can be read. */
export function checkMapping<S extends z.ZodType>(
  { problems, remarks }: PlaybookReader,
  context: ReadContext,
  schema: S,
  value: unknown,
  ansibleHints: Readonly<Record<string, string>> = ANSIBLE_KEYWORDS,
  problemCodes = PLAYBOOK_CODES,
): z.output<S> | undefined {
  const accepted = acceptYesNo(schema, value);
  for (const path of accepted.paths) remarks.push({ kind: 'boolean', at: context.source.valueSpan([...context.path, ...path]) });
  const { value: checked, problems: newProblems } = checkSchemaLeniently(schema, accepted.value, {
    source: context.source,
    path: context.path,
    codes: problemCodes,
    ansibleHints,
    exampleOf,
  });
  problems.push(...newProblems);
  return checked;
}
