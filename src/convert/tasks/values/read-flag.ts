import { isScalar } from 'yaml';

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', 'y', 't', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'n', 'f', '0'].map((word) => [word, false] as const),
]);

/** The boolean that Ansible reads in a value of YAML. Undefined for anything else, such as a template. */
export const readFlag = (node: unknown): boolean | undefined =>
  isScalar(node) ? FLAGS.get(String(node.value).trim().toLowerCase()) : undefined;
