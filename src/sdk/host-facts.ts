import { z } from 'zod';
import { FACT_TABLE, type FactEntry } from '../core/facts/fact-table.ts';
import type { Vars } from '../core/json-value.ts';
import type { Probe } from '../core/module.ts';
import { readAllFacts } from '../remote/facts/fact-programs.ts';
import { queryScript } from './host-script.ts';

/** Asks the host for all facts now, whatever is known of it. One that it hides is absent. */
export async function readFacts(probe: Probe): Promise<Vars> {
  const { facts, problems } = await readAllFacts(({ script, words }) => queryScript(probe, script, words, 'facts'));
  for (const problem of problems) probe.emit({ type: 'task.output', stream: 'stderr', lines: [problem] });
  return { ...probe.facts, ...facts };
}

/** The shape of all facts, each with its meaning. */
export function factsSchema(): z.ZodType<Vars> {
  const fields: Record<string, z.ZodType> = {};
  const inner: Record<string, Record<string, z.ZodType>> = {};
  for (const [name, entry] of Object.entries(FACT_TABLE)) {
    const [first = '', field] = name.split('.');
    const schema = toSchema(entry.value).optional().describe(entry.meaning);
    if (field === undefined) fields[first] = schema;
    else inner[first] = { ...inner[first], [field]: schema };
  }
  for (const [name, each] of Object.entries(inner)) fields[name] = z.strictObject(each).optional();
  return z.strictObject(fields) as unknown as z.ZodType<Vars>;
}

function toSchema(value: FactEntry['value']): z.ZodType {
  if (value === 'number') return z.number();
  if (value === 'text') return z.string();
  if (value === 'mapping') return z.record(z.string(), z.json());
  if (value === 'texts') return z.array(z.string());
  return z.array(z.strictObject(Object.fromEntries(Object.entries(value).map(([name, type]) => [name, toSchema(type).optional()]))));
}
