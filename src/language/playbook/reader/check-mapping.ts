import type { z } from 'zod';
import type { Json } from '../../../core/json-value.ts';
import { ownValue } from '../../../core/own-value.ts';
import { checkSchemaLeniently, type FaultCodes } from '../../schema/check-schema.ts';
import { listKeysAt } from '../../schema/schema-keys.ts';
import { acceptYesNo } from '../../schema/yes-no.ts';
import { ANSIBLE_KEYWORDS } from '../ansible/ansible-keywords.ts';
import { INNER_KEYWORDS, KEYWORD_EXAMPLES } from '../keyword-examples.ts';
import { blockSchema, handlerSchema, playSchema, taskSchema } from '../shapes/playbook-schema.ts';
import type { PlaybookReader } from './playbook-reader.ts';
import type { ReadContext } from './read-context.ts';

const PLAYBOOK_CODES: FaultCodes = { wrong: 'SW1109', missing: 'SW1101', unknown: 'SW1104' };

const exampleOf = (key: string): Json | undefined =>
  Object.hasOwn(KEYWORD_EXAMPLES, key) ? KEYWORD_EXAMPLES[key] : ownValue(INNER_KEYWORDS, key)?.[1];

const [OF_PLAYS, OF_TASKS] = [playSchema, taskSchema].map((schema) => new Set(listKeysAt(schema, [])));

/** A keyword of plays in a task, and one of tasks in a play. */
function findOtherPlace(key: string, schema: z.ZodType): string | undefined {
  if (schema === playSchema) return OF_TASKS?.has(key) ? 'Write it for each task, or for a block around the tasks.' : undefined;
  if (schema === taskSchema || schema === handlerSchema || schema === blockSchema)
    return OF_PLAYS?.has(key) ? 'Write it in the play, beside hosts:.' : undefined;
  return undefined;
}

/** Checks a mapping with its schema. Wrong parts are reported and left out, so that the rest can be read. */
export function checkMapping<S extends z.ZodType>(
  { problems, remarks }: Pick<PlaybookReader, 'problems' | 'remarks'>,
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
    elsewhere: (key) => findOtherPlace(key, schema),
  });
  problems.push(...newProblems);
  return checked;
}
