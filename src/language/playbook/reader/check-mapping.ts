import type { z } from 'zod';
import { checkSchemaLeniently, type FaultCodes } from '../../schema/check-schema.ts';
import { acceptYesNo } from '../../schema/yes-no.ts';
import { ANSIBLE_KEYWORDS } from '../ansible-keywords.ts';
import type { PlaybookReader } from './playbook-reader.ts';
import type { ReadContext } from './read-context.ts';

const PLAYBOOK_CODES: FaultCodes = { wrong: 'SW1109', missing: 'SW1101', unknown: 'SW1104' };

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
  });
  problems.push(...newProblems);
  return checked;
}
