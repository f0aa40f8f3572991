import { FALSE, type ModuleRules, TRUE } from './module-rule.ts';

const ALL_FACTS = '`setup` asks the host for all facts that swarm has';

/** Of commands, and of what steers a play. */
export const flowRules: ModuleRules = {
  make: { rename: { targets: 'target' } },
  command: { rename: { _raw_params: 'cmd' }, drop: { warn: 'any', strip_empty_ends: TRUE } },
  shell: { rename: { _raw_params: 'cmd' }, drop: { warn: 'any', executable: ['/bin/sh'] } },
  raw: { to: 'shell', rename: { _raw_params: 'cmd' }, drop: { executable: ['/bin/sh'] } },
  script: { rename: { _raw_params: 'cmd' } },
  reboot: {
    rename: { reboot_timeout: 'timeout', test_command: 'test' },
    drop: {
      msg: 'any',
      connect_timeout: 'any',
      pre_reboot_delay: 'any',
      post_reboot_delay: 'any',
      search_paths: 'any',
      boot_time_command: 'any',
    },
    note: { pre_reboot_delay: 'the reboot begins at once', post_reboot_delay: 'the next task begins when the host answers' },
  },
  assert: { rename: { msg: 'fail_msg' } },
  debug: { drop: { verbosity: 'any' }, note: { verbosity: 'the text is printed with each verbosity' } },
  fail: {},
  set_fact: { drop: { cacheable: 'any' } },
  include_vars: { drop: { ignore_files: 'any', extensions: 'any', depth: 'any', hash_behaviour: ['replace'] } },
  include_role: { drop: { public: FALSE } },
  pause: {},
  wait_for: {},
  wait_for_connection: { drop: { connect_timeout: 'any' } },
  setup: {
    drop: { gather_subset: 'any', filter: 'any', gather_timeout: 'any' },
    note: { gather_subset: ALL_FACTS, filter: ALL_FACTS },
  },
  ping: { drop: { data: ['pong'] } },
};
