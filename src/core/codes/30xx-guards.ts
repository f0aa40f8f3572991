import type { ErrorKind } from './kind.ts';

const refused = { exit: 7, outcome: 'refused', retry: 'other-host', cause: 'plan' } as const;
const unproven = { exit: 7, outcome: 'refused', retry: 'other-host', cause: 'host' } as const;

/** Work that a guard refuses: identity, protection, locks, breakers. */
export const guardErrors = {
  SW3001: {
    ...unproven,
    retry: 'reconnect',
    precedence: 1,
    title: 'Another machine on the route',
    explain: {
      what: 'Another machine answers at the address of this route. No command was sent.',
      why: 'NAT leads to another machine, the address was given to another machine, or it is a typing error.',
      fix: 'Remove or correct the route. To see which machine answers on each route, run: swarm hosts verify NAME',
    },
  },
  SW3002: {
    ...refused,
    title: 'Protected host',
    explain: {
      what: 'The machine is protected, so swarm does not reboot or stop it.',
      why: 'The inventory has protected: true for it, it is a jump host, or /etc/swarm.protected exists on it.',
      fix: 'To allow it for one run, add: --allow-protected NAME',
    },
  },
  SW3003: {
    ...refused,
    cause: 'service',
    title: 'Lock held',
    explain: {
      what: 'Another run works on the same thing. Nothing was changed.',
      why: 'Two runs at once would overwrite the work of each other.',
      fix: 'Wait for the other run. To see it, run: swarm runs list',
    },
  },
  SW3004: {
    ...unproven,
    precedence: 2,
    title: 'Machine-id differs',
    explain: {
      what: 'The host key is right, but the machine-id is not the pinned one. Nothing was sent.',
      why: 'The machine is a clone, or a backup was restored on another machine.',
      fix: 'Find out which machine it is. If it is the right one, run: swarm hosts trust NAME --replace',
    },
  },
  SW3005: {
    ...refused,
    title: 'Host blocked',
    explain: {
      what: 'The host is blocked, so no work goes to it.',
      why: 'Somebody blocked it with a reason and an end. swarm status shows both.',
      fix: 'To end the block now, run: swarm hosts unblock NAME',
    },
  },
  SW3006: {
    ...refused,
    title: 'Refused by a guard',
    explain: {
      what: 'A guard refused a disruptive change, such as a reboot.',
      why: 'Disruptive work needs a fresh proof, an unprotected machine, clean routes, no running job, and a fleet that can spare the host.',
      fix: 'Correct what the message names. To test the routes, run: swarm hosts verify NAME',
    },
  },
  SW3007: {
    ...refused,
    retry: 'never',
    title: 'Use the module',
    explain: {
      what: 'A command or a shell text would reboot or power off a machine.',
      why: 'Only the reboot module may do that, because it passes the guards.',
      fix: 'Use the module in a task: reboot: {}. To see its arguments, run: swarm modules reboot',
    },
  },
  SW3008: {
    ...refused,
    retry: 'never',
    cause: 'service',
    title: 'Fleet breaker',
    explain: {
      what: 'Most hosts failed with the same error, so swarm starts no more items. It blames no host.',
      why: 'Many hosts share one cause: the Portage tree, a mirror, DNS or a full disk.',
      fix: 'Correct the common cause, then run: swarm runs resume last',
    },
  },
  SW3009: {
    ...unproven,
    title: 'Key of another host',
    explain: {
      what: 'A machine shows a key that another host of the inventory has. Nothing was pinned.',
      why: 'A route leads to that other host, or one machine is a clone of the other.',
      fix: 'Correct the route. On a clone make new keys: rm /etc/ssh/ssh_host_*; ssh-keygen -A. Then run: swarm hosts trust NAME',
    },
  },
  SW3010: {
    ...refused,
    retry: 'never',
    title: 'Saved plan out of date',
    explain: {
      what: 'Drones, repositories or the configuration differ from those that the plan was made with. Nothing was built.',
      why: 'A plan holds only for what it was made with: after a sync or a change of the configuration the packages can be others.',
      fix: 'Make a new plan: swarm run build --check --plan FILE. Then run it: swarm run build --plan FILE',
    },
  },
  SW3020: {
    exit: 4,
    outcome: 'unreachable',
    retry: 'other-host',
    cause: 'host',
    title: 'Host gone',
    explain: {
      what: 'Somebody said that this host will not come back. What it had in hand is given to other hosts, and it gets no work.',
      why: 'swarm hosts gone NAME was typed. swarm hosts list shows when and why.',
      fix: 'When the host is there again, run: swarm hosts unblock NAME',
    },
  },
} as const satisfies Record<string, ErrorKind>;
