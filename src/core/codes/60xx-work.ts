import type { ErrorKind } from './kind.ts';

const failed = { exit: 2, outcome: 'failed', retry: 'other-host', cause: 'unknown' } as const;

/** Work on a host that failed. */
export const workErrors = {
  SW6001: {
    ...failed,
    title: 'Command failed',
    explain: {
      what: 'A command on the host ended with an exit status other than 0.',
      why: 'The output of the command says why.',
      fix: 'To see all output, run: swarm runs logs last HOST',
    },
  },
  SW6002: {
    ...failed,
    title: 'Time limit reached',
    explain: {
      what: 'A command took longer than its limit, so swarm stopped it.',
      why: 'The command hangs, or the limit is too short.',
      fix: 'Raise timeout: of the task, or use --timeout with swarm exec.',
    },
  },
  SW6003: {
    ...failed,
    cause: 'package',
    title: 'Build failed',
    explain: {
      what: 'emerge failed to build a package.',
      why: 'The message shows the first error of its log.',
      fix: 'To see the whole log, run: swarm runs logs last HOST',
    },
  },
  SW6004: {
    ...failed,
    cause: 'plan',
    title: 'Package masked',
    explain: {
      what: 'Portage does not install the package, because it is masked.',
      why: 'A keyword, a mask or a licence excludes it in the configuration of the drone.',
      fix: 'Allow it in package.accept_keywords, package.unmask or package.license on the drones, then push the change: swarm push',
    },
  },
  SW6005: {
    ...failed,
    cause: 'plan',
    title: 'No such package',
    explain: {
      what: 'No ebuild satisfies the atom.',
      why: 'The name is wrong, or the repositories of the drones do not have it.',
      fix: 'Correct the atom, or update the repositories: swarm run sync',
    },
  },
  SW6006: {
    ...failed,
    cause: 'plan',
    title: 'USE change needed',
    explain: {
      what: 'Portage needs other USE flags to build the package.',
      why: 'A dependency needs a flag that is off, or forbids one that is on.',
      fix: 'Set the flags of the message in package.use on the drones, then push the change: swarm push',
    },
  },
  SW6007: {
    ...failed,
    cause: 'plan',
    title: 'Dependencies cannot be solved',
    explain: {
      what: 'Portage finds no set of packages that fits together.',
      why: 'Packages block each other, need two versions of one slot, or depend on each other in a circle.',
      fix: 'The message has the text of Portage. Change the atoms or the USE flags that it names.',
    },
  },
  SW6008: {
    ...failed,
    cause: 'host',
    title: 'Disk full on the host',
    explain: {
      what: 'The host has no space left.',
      why: 'PORTAGE_TMPDIR or PKGDIR is on a full file system.',
      fix: 'To see the disks, run: swarm exec NAME -- df -h',
    },
  },
  SW6009: {
    ...failed,
    cause: 'service',
    title: 'Source not available',
    explain: {
      what: 'The drone could not download a source file of the package.',
      why: 'The mirrors do not have it, or the drone has no network or DNS.',
      fix: 'Check GENTOO_MIRRORS and the network of the drone. To see the log, run: swarm runs logs last HOST',
    },
  },
  SW6010: {
    ...failed,
    title: 'Job died',
    explain: {
      what: 'A job on the host ended without a result.',
      why: 'Something killed it, the machine ran out of memory, or it rebooted.',
      fix: 'To see the messages of the kernel, run: swarm exec NAME --shell "dmesg | tail"',
    },
  },
  SW6011: {
    ...failed,
    cause: 'host',
    title: 'Something is missing on the host',
    explain: {
      what: 'The host does not have a program or a file that the module needs.',
      why: 'The message names it.',
      fix: 'Install it on the host. To test all hosts, run: swarm doctor',
    },
  },
  SW6012: {
    ...failed,
    title: 'Task failed',
    explain: {
      what: 'A task failed.',
      why: 'Its failed_when is true, or the module found that the work is not possible. The message says which.',
      fix: 'Correct what the message names. To see all results, run: swarm runs show last',
    },
  },
  SW6013: {
    ...failed,
    exit: 8,
    retry: 'never',
    title: 'Stopped: too many hosts failed',
    explain: {
      what: 'swarm stopped the run, because too many hosts failed.',
      why: 'Every host of a play or of a batch failed, or the play has any_errors_fatal or max_fail_percentage.',
      fix: 'Correct the errors of the hosts, then run: swarm runs resume last',
    },
  },
  SW6014: {
    ...failed,
    cause: 'local',
    title: 'Template or expression failed',
    explain: {
      what: 'A template or an expression met a value that does not exist or has another type.',
      why: 'The value is known only while the play runs, so swarm check cannot find the mistake.',
      fix: 'Correct the expression. To see the results of the tasks before it, run with: -v',
    },
  },
  SW6015: {
    ...failed,
    title: 'Module failed',
    explain: {
      what: 'A module of the project threw an error.',
      why: 'The message is that of the module, with the line of its file.',
      fix: 'Correct the module at the marked line. A module can name its error: throw new ModuleError("ACME01", "what is wrong")',
    },
  },
  SW6016: {
    ...failed,
    cause: 'link',
    title: 'Other host of the task unreachable',
    explain: {
      what: 'A task needs another host, and that host is unreachable. The host of the task itself is not.',
      why: 'delegate_to: or the module works on a host that is down or that the network does not lead to.',
      fix: 'To try every route of the other host, run: swarm hosts verify NAME',
    },
  },
  SW6030: {
    ...failed,
    cause: 'host',
    title: 'Push put back',
    explain: {
      what: 'The host went back to the tree that it had before the push, and restarted its services.',
      why: 'A restart or a check failed after the switch, or swarm did not reach the host again in time. The message says which.',
      fix: 'Correct what the message names, then run: swarm push',
    },
  },
  SW6050: {
    ...failed,
    cause: 'host',
    title: 'Process goes on after its end',
    explain: {
      what: 'A task had to end, by its time limit or by an interrupt, and a process or a job of it goes on on the host.',
      why: 'The process belongs to another user, waits for a device, the host did not answer, or its /proc hides processes. The message names what is known.',
      fix: 'End it on the host: swarm exec HOST -- kill -KILL PID. For a job, run: swarm runs cancel RUN',
    },
  },
  SW6051: {
    ...failed,
    cause: 'link',
    title: 'Transfer too slow',
    explain: {
      what: 'Hardly any bytes of a file passed for 2 minutes, so swarm gave the transfer up.',
      why: 'The link is as good as dead, the disk of the host hangs, or the host holds the transfer on purpose.',
      fix: 'To test the routes, run: swarm hosts verify NAME. Where the link is that slow, lower least_rate: of the host in the inventory.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
