import type { ErrorKind } from './kind.ts';

const failed = { exit: 2, outcome: 'failed', retry: 'other-host', cause: 'unknown' } as const;

/** Builds that failed, and drones that do not fit. */
export const buildErrors = {
  SW6017: {
    ...failed,
    cause: 'host',
    title: 'Memory ran out on the host',
    explain: {
      what: 'The host has too little memory for the work.',
      why: 'The kernel killed a process for lack of memory, or refused Portage more.',
      fix: 'Use fewer jobs (MAKEOPTS), or a host with more memory: set memory: for hosts in the inventory.',
    },
  },
  SW6018: {
    ...failed,
    cause: 'host',
    title: 'Portage on the host not in order',
    explain: {
      what: 'Portage on this host cannot do the work. Another host may.',
      why: 'Its configuration, its folders, its repositories, or what is installed on it stand in the way.',
      fix: 'Correct what the message names. To see whether Portage works, run: swarm exec NAME -- emerge --info',
    },
  },
  SW6019: {
    ...failed,
    cause: 'host',
    title: 'Drone differs from the plan',
    explain: {
      what: 'The drone does not have what the package is to be built with, and it cannot be installed there as planned.',
      why: 'The base system of the drone differs from that of the drone that planned, or a dependency is not on the binhost.',
      fix: 'Compare the drones: swarm doctor. Update the one that differs, then run: swarm runs resume last',
    },
  },
  SW6020: {
    ...failed,
    cause: 'host',
    title: 'Drone does not fit its target',
    explain: {
      what: 'The drone is not what the target needs, so it gets none of its packages.',
      why: 'Its architecture, Portage, repositories, configuration, clock or disk differ from those of the target.',
      fix: 'Do what the message says, then run again. To see every drone: swarm doctor',
    },
  },
  SW6021: {
    ...failed,
    retry: 'never',
    cause: 'package',
    title: 'Held back',
    explain: {
      what: 'The package is built, verified and on the binhost, but it is not in the index, so clients do not see it.',
      why: 'What it needs to run is not on the binhost, or packages that are on it are built against the version before.',
      fix: 'Build what it needs: swarm run build CATEGORY/NAME. It then enters the index by itself. To see the reason, run: swarm why CATEGORY/NAME',
    },
  },
  SW6022: {
    ...failed,
    retry: 'never',
    cause: 'plan',
    title: 'Target changed during the run',
    explain: {
      what: "The target's folder is not as it was when the plan was made, so the rest of the plan is not built.",
      why: 'Somebody changed a file of it while the run was going on. All packages of a plan are built with one configuration.',
      fix: 'To plan again and build the rest, run: swarm runs resume last',
    },
  },
  SW6023: {
    ...failed,
    cause: 'host',
    title: 'Clean root cannot be used',
    explain: {
      what: 'The target builds in a clean root, and the drone cannot make or enter it.',
      why: 'What it is made from is missing, cut, or no Gentoo root; or the drone has too little disk, no namespaces, or no rights of root.',
      fix: 'Do what the message says on the drone. To build on its own system again, remove root: from the target',
    },
  },
  SW6024: {
    ...{ exit: 2, outcome: 'failed', retry: 'never', cause: 'plan' },
    title: 'Requested and left out',
    explain: {
      what: 'A package that was requested by name is not in the plan, because of --exclude. Nothing was built.',
      why: 'It is excluded itself, or the plan builds it with a package that is excluded and not on the binhost.',
      fix: 'Leave out the package or the --exclude.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
