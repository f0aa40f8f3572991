const MAX_HOSTS = 10_000;

/** The names of `web[01:20].example.com`, `db-[a:f]`, `n[0:10:2]`; a text with the reason where the range is wrong. */
export function expandHostRange(pattern: string): readonly string[] | string {
  const range = /^([^[\]]*)\[([^\]:]*):([^\]:]*)(?::(\d+))?\](.*)$/.exec(pattern);
  if (range === null) return /[[\]]/.test(pattern) ? `\`${pattern}\` is not a range of hosts` : [pattern];
  const [, before = '', from = '', to = '', step = '1', after = ''] = range;
  const steps = listSteps(from === '' ? '0' : from, to, Number(step));
  if (typeof steps === 'string') return `\`${pattern}\`: ${steps}`;
  const rest = expandHostRange(after);
  if (typeof rest === 'string') return rest;
  if (steps.length * rest.length > MAX_HOSTS) return `\`${pattern}\` names more than ${MAX_HOSTS} hosts`;
  return steps.flatMap((each) => rest.map((end) => `${before}${each}${end}`));
}

function listSteps(from: string, to: string, step: number): readonly string[] | string {
  if (step < 1) return 'a step is 1 or more';
  const letters = /^[a-z]$/i.test(from) && /^[a-z]$/i.test(to);
  if (!letters && !(/^\d{1,9}$/.test(from) && /^\d{1,9}$/.test(to))) return 'a range has two numbers or two letters';
  if (from.startsWith('0') && from.length > 1 && from.length !== to.length) return 'both numbers of a range have the same width';
  const [start, end] = letters ? [from.charCodeAt(0), to.charCodeAt(0)] : [Number(from), Number(to)];
  if (start > end) return 'the second end is before the first';
  const count = Math.floor((end - start) / step) + 1;
  if (count > MAX_HOSTS) return `more than ${MAX_HOSTS} hosts`;
  const write = (n: number): string => (letters ? String.fromCharCode(n) : String(n).padStart(from.length, '0'));
  return Array.from({ length: count }, (_, i) => write(start + i * step));
}
