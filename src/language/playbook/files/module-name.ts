const BUILT_IN_PREFIX = /^ansible\.(?:builtin|legacy)\./;

/** `ansible.builtin.copy` is `copy`. */
export const toModuleName = (key: string): string => key.replace(BUILT_IN_PREFIX, '');

/** True for a name with the prefix that Ansible has for its own modules. */
export const hasBuiltInPrefix = (key: string): boolean => BUILT_IN_PREFIX.test(key);
