import type { AnyModule } from '../module.ts';

/** True for a module that `defineModule` made. */
export const isModule = (value: unknown): value is AnyModule => describeWrongForm(value) === undefined;

/** What is wrong with the default export of a module file; undefined for a module. */
export function describeWrongForm(value: unknown): string | undefined {
  if (value === undefined) return 'it has no default export';
  if (typeof value !== 'object' || value === null || value instanceof Promise) return `its default export is ${describeKind(value)}`;
  const { summary, args, returns, example, run } = value as Partial<AnyModule>;
  if (summary === undefined && args === undefined && run === undefined) return 'its default export is not a module';
  if (typeof summary !== 'string') return 'its default export has no summary';
  if (typeof args?.safeParse !== 'function') return 'its args are not a zod schema';
  if (returns !== undefined && typeof returns?.safeParse !== 'function') return 'its returns are not a zod schema';
  if (typeof run !== 'function') return 'its run is not a function';
  if (run.constructor.name === 'AsyncFunction') return 'its run is async, but not a generator: write async *run(probe, args)';
  return typeof example === 'string' ? undefined : 'its default export has no example';
}

/** The form that is right, as a hint. */
export const MODULE_FORM_HINT = 'Write: export default defineModule({ summary, args, returns, example, run })';

/** A value in the words of a person: `null`, `a class`, `a text`. */
export function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return /^class\b/.test(Function.prototype.toString.call(value)) ? 'a class' : 'a function';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? 'an object';
}
