import { findKeywordHint } from './ansible/ansible-keywords.ts';
import { importRoleSchema, importSchema, metaSchema } from './shapes/include-schema.ts';
import { blockSchema, handlerSchema } from './shapes/playbook-schema.ts';
import { KEYWORD_MODULES } from './steps/keyword-modules.ts';

/** True for a key of a task that has a meaning already, in swarm or in Ansible: no module can have this name. */
export function isTaskKeyword(key: string): boolean {
  const isKeyword = [handlerSchema, blockSchema, importSchema, importRoleSchema, metaSchema].some(({ shape }) => Object.hasOwn(shape, key));
  return isKeyword || key in KEYWORD_MODULES || findKeywordHint(key) !== undefined;
}
