import { findKeywordHint } from './ansible-keywords.ts';
import { blockSchema, handlerSchema, importSchema } from './playbook-schema.ts';

/** True for a key of a task that has a meaning already, in swarm or in Ansible: no module can have this name. */
export function isTaskKeyword(key: string): boolean {
  const isKeyword = [handlerSchema, blockSchema, importSchema].some(({ shape }) => Object.hasOwn(shape, key));
  return isKeyword || findKeywordHint(key) !== undefined;
}
