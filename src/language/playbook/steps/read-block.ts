import type { Step, TaskBlock } from '../../../core/playbook/step-model.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext } from '../reader/read-context.ts';
import type { StepKeywordsEntry } from '../shapes/keyword-shapes.ts';
import { blockSchema } from '../shapes/playbook-schema.ts';
import { readStepKeywords } from './step-keywords.ts';
import { selectKeywordHints, type YamlMapping } from './task-module.ts';

/** A block without its loop. */
export function readBlock(reader: PlaybookReader, context: ReadContext, value: YamlMapping, id: string): TaskBlock {
  const entry = checkMapping(reader, context, blockSchema, value, selectKeywordHints(value));
  const { common, inner } = readStepKeywords(reader, context, (entry ?? {}) as StepKeywordsEntry);
  const steps = (key: 'block' | 'rescue' | 'always', idMark: string): readonly Step[] => {
    const list = value[key];
    return Array.isArray(list) ? reader.readSteps(reader, childContext(inner, key), list, `${id}.${idMark}`) : [];
  };
  return { kind: 'block', ...common, block: steps('block', ''), rescue: steps('rescue', 'r'), always: steps('always', 'a') };
}
