/** The keywords of a task in Ansible. Any other key is a module. */
export const TASK_KEYWORDS: ReadonlySet<string> = new Set([
  ...[
    'action',
    'any_errors_fatal',
    'args',
    'async',
    'become',
    'become_exe',
    'become_flags',
    'become_method',
    'become_user',
    'changed_when',
  ],
  ...[
    'check_mode',
    'collections',
    'connection',
    'debugger',
    'delay',
    'delegate_facts',
    'delegate_to',
    'diff',
    'environment',
    'failed_when',
  ],
  ...[
    'ignore_errors',
    'ignore_unreachable',
    'listen',
    'local_action',
    'loop',
    'loop_control',
    'module_defaults',
    'name',
    'no_log',
    'notify',
  ],
  ...['poll', 'port', 'register', 'remote_user', 'retries', 'run_once', 'tags', 'throttle', 'timeout', 'until', 'vars', 'when'],
  ...['block', 'rescue', 'always', 'sudo', 'sudo_user'],
]);

/** Keywords that go, and what that means; an empty text: nothing. */
export const DROPPED_KEYWORDS: Readonly<Record<string, string>> = {
  collections: '',
  debugger: '',
  delegate_facts: '',
  any_errors_fatal: '`any_errors_fatal` counts for a whole play: write it there',
  port: 'the port is written in the play or in the inventory',
};
