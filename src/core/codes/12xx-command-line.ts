import type { ErrorKind } from './kind.ts';

const usage = { exit: 5, outcome: 'failed', retry: 'never', cause: 'local' } as const;

/** Errors in what was typed on the command line. */
export const commandLineErrors = {
  SW1201: {
    ...usage,
    cause: 'plan',
    title: 'Not a package atom',
    explain: {
      what: 'A word is not a package atom.',
      why: 'Atoms look like category/name, =category/name-1.2, >=category/name-1.2:slot or @set.',
      fix: 'Write the atom with its category, for example: swarm run build www-client/firefox',
    },
  },
  SW1202: {
    ...usage,
    title: 'Command line',
    explain: {
      what: 'The command line has an unknown option, a wrong value, too many words, or a word is missing.',
      why: 'swarm refuses what it does not understand, so that a typing error runs nothing.',
      fix: 'To see what the command takes, run: swarm COMMAND --help',
    },
  },
  SW1203: {
    ...usage,
    title: 'Unknown name',
    explain: {
      what: 'A name matches nothing.',
      why: 'swarm stops at an unknown name and does not skip it. The hint names the nearest one.',
      fix: 'Correct the name. To see the hosts and groups, run: swarm hosts list',
    },
  },
  SW1204: {
    ...usage,
    title: 'Empty selection',
    explain: {
      what: 'The pattern selects no host. Nothing ran.',
      why: 'The parts of the pattern exclude each other, or --limit leaves no host.',
      fix: 'Change the pattern. To see what a pattern selects, run: swarm hosts list PATTERN',
    },
  },
  SW1205: {
    ...usage,
    title: 'Argument of the playbook',
    explain: {
      what: 'An argument for the playbook is missing, unknown or wrong.',
      why: 'The playbook declares what it takes in args:.',
      fix: 'To see what the playbook takes, run: swarm run PLAYBOOK --help',
    },
  },
  SW1206: {
    ...usage,
    title: 'No project',
    explain: {
      what: 'swarm did not find a project.',
      why: 'A project is a folder with inventory/ in it. swarm searches the current folder and the folders above it.',
      fix: 'Change to the project or name it with -C DIR. To make a new one, run: swarm init',
    },
  },
  SW1207: {
    ...usage,
    title: 'Secret',
    explain: {
      what: 'A secret cannot be read, or would become visible.',
      why: 'A secret comes from an environment variable, a file of mode 0600 or a command. It has at least 6 characters, spaces around it not counted, and it must not be part of a command line, which every user of the host can read.',
      fix: 'Declare it in vars with secret: { from: "env:NAME" }, or run with --secret NAME=file:PATH. Pass it to a command in environment:, stdin: or a file.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
