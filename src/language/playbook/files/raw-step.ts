/** A mapping as it stands in a file. */
export type UnknownRecord = { readonly [key: string]: unknown };

/** Whether a value of YAML is a mapping. */
export const isRecord = (value: unknown): value is UnknownRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value of YAML as a list; empty for anything else. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The file in `include_tasks: NAME` and in `include_tasks: { file: NAME }`. */
export function toFileName(value: unknown): string | undefined {
  const name = isRecord(value) ? value['file'] : value;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The role in `include_role: { name: NAME }`. */
export const toRoleName = (value: unknown): unknown => (isRecord(value) ? (value['name'] ?? value['role']) : undefined);
