import { FACT_TABLE, type FactEntry } from '../../core/facts/fact-table.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import { formatRoughDuration } from '../../core/time/duration-text.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatSize } from '../../report/text/format.ts';

/** The facts of a host as a table: names as a playbook writes them, sizes and times as a person reads them. */
export function formatFacts(facts: Vars): readonly DisplayText[] {
  const found = Object.entries(FACT_TABLE).map(([name, entry]) => ({ name, lines: formatFact(entry, factAt(facts, name)) }));
  const width = Math.max(...found.map(({ name }) => name.length)) + 2;
  const absent = found.filter(({ lines }) => lines.length === 0).map(({ name }) => name);
  return [
    displayText`facts`,
    ...found.flatMap(({ name, lines }) => lines.map((line, at) => displayText`  ${(at === 0 ? name : '').padEnd(width)}${line}`)),
    ...(absent.length === 0 ? [] : [displayText`  the host has no ${absent.join(', ')}`]),
  ];
}

const factAt = (facts: Vars, name: string): Json | undefined =>
  name.split('.').reduce<Json | undefined>((value, part) => (value as Vars | undefined)?.[part], facts as Json);

function formatFact({ value: kind, meaning }: FactEntry, value: Json | undefined): readonly string[] {
  if (value === undefined || value === '' || value === null) return [];
  if (kind === 'mapping') return Object.entries(value as Vars).map(([name, each]) => `${name}: ${JSON.stringify(each)}`);
  if (!Array.isArray(value)) return [kind === 'number' ? formatNumber(meaning, Number(value)) : String(value)];
  if (kind === 'texts') return value.length === 0 ? [] : [value.join(' ')];
  return value.map((entry) =>
    Object.entries(entry as Vars)
      .map(([field, each]) => formatField(field, each))
      .join('  '),
  );
}

const formatNumber = (meaning: string, value: number): string => {
  if (meaning.startsWith('bytes')) return `${formatSize(value)}`;
  return meaning.startsWith('seconds') ? formatRoughDuration(value * 1000) : String(value);
};

const formatField = (field: string, value: Json): string => {
  if (field === 'size') return `${formatSize(Number(value))}`;
  if (field === 'available') return `${formatSize(Number(value))} free`;
  return Array.isArray(value) ? value.join(',') : String(value);
};
