import { FACT_TABLE, type FactEntry } from '../../core/facts/fact-table.ts';
import type { Json, Vars } from '../../core/json-value.ts';

/** What a line may have; a host can print anything. */
const LINE_LIMIT = 4096;
const LINES_PER_FACT = 5000;

/** The facts in what facts.sh prints; one that the host hides is absent. Lines that no fact has, and values in another form, are left out. */
export function parseFacts(text: string): Vars {
  const lines = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at < 1 || line.length > LINE_LIMIT || /[^\P{Cc}\t]/u.test(line)) continue;
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    const values = lines.get(name) ?? [];
    if (values.length < LINES_PER_FACT) values.push(value);
    lines.set(name, values);
  }
  const facts: Record<string, Json> = {};
  for (const [name, entry] of Object.entries(FACT_TABLE)) {
    const value = entry.isProbed ? readFact(entry, lines.get(name) ?? []) : undefined;
    if (value !== undefined) setFact(facts, name, value);
  }
  return facts;
}

function readFact({ value }: FactEntry, lines: readonly string[]): Json | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  if (value === 'mapping') return undefined; // see parse-local-facts.ts
  if (value === 'texts') return lines;
  if (typeof value === 'string') return readScalar(value, first);
  return lines.map((line) => {
    const parts = line.split('\t');
    const fields = Object.entries(value).flatMap(([name, type], index) => {
      const field = type === 'texts' ? (parts[index] ?? '').split(',').filter((each) => each !== '') : readScalar(type, parts[index] ?? '');
      return field === undefined ? [] : [[name, field] as const];
    });
    return Object.fromEntries(fields);
  });
}

function readScalar(type: 'text' | 'number', text: string): Json | undefined {
  if (type === 'number') return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  return text === '' ? undefined : text;
}

/** `portage.use` is `use` in the mapping `portage`. */
function setFact(facts: Record<string, Json>, name: string, value: Json): void {
  const [first = '', inner] = name.split('.');
  facts[first] = inner === undefined ? value : { ...(facts[first] as Readonly<Record<string, Json>> | undefined), [inner]: value };
}
