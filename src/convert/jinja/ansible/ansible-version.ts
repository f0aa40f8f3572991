import { ownValue } from '../../../core/own-value.ts';
import { literal, type SwarmExpression } from '../swarm-expression.ts';
import type { Translation } from '../translation.ts';

/** The version of Ansible that a project meets: the newest that the conversion knows. */
const ANSIBLE_VERSION: Readonly<Record<string, string | number>> = { full: '2.18.0', string: '2.18.0', major: 2, minor: 18, revision: 0 };

/** `ansible_version.major`; undefined for anything else. */
export function versionField(of: string, name: string, { changes }: Translation): SwarmExpression | undefined {
  const value = of === 'ansible_version' ? ownValue(ANSIBLE_VERSION, name) : undefined;
  if (value === undefined) return undefined;
  changes.add(`the version of Ansible is always ${ANSIBLE_VERSION['full']}`);
  return literal(value);
}
