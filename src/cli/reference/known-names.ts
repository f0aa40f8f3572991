/** The kinds of `swarm schema`. */
export const SCHEMA_NAMES = ['inventory', 'playbook', 'tasks', 'handlers', 'vars', 'events', 'result'] as const;
/** The shells of `swarm completion`. */
export const SHELL_NAMES = ['bash', 'zsh', 'fish'] as const;
