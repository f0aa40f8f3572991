import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';
import { resumeCommand, takeOver } from '../run/run-commands.ts';

const RUN = { usage: '[run]', text: 'An id, its first letters, or last. Default: last.', values: 'runs' } as const;
const SHOW = ['directory', 'output', 'verbose', 'quiet', 'color'] as const;

const showOptions = {
  replay: { flags: '--replay', text: 'Play the run again on the screen.' },
  speed: { flags: '--speed <n>', text: 'With --replay: play n times as fast.' },
} as const satisfies OptionDeclarations;
export type ShowRunFlags = CommandOptions<typeof showOptions>;

const logOptions = {
  follow: { flags: '-F, --follow', text: 'Go on as long as the run goes on.' },
  errors: { flags: '--errors', text: 'Print only what failed.' },
} as const satisfies OptionDeclarations;
export type RunLogFlags = CommandOptions<typeof logOptions>;

const cancelOptions = { yes: { flags: '--yes', text: 'Do not ask.' }, takeOver } as const satisfies OptionDeclarations;
export type CancelOptions = CommandOptions<typeof cancelOptions>;

const cleanOptions = {
  keep: { flags: '--keep <time>', text: 'Keep the runs that ended within this time, such as 12h or 30d. Default: 30d.' },
  check: { flags: '--check', text: 'Print what would be removed, and remove nothing.' },
  yes: { flags: '--yes', text: 'Do not ask.' },
} as const satisfies OptionDeclarations;
export type CleanRunsFlags = CommandOptions<typeof cleanOptions>;

/** `swarm runs ...`. */
export const runsCommands = [
  defineCommand({
    name: 'runs list',
    summary: 'List the runs of this project, the newest first.',
    globals: ['directory', 'output', 'color'],
    examples: [
      ['swarm runs list', 'List the runs.'],
      ['swarm runs list -o json', 'Print them for a script.'],
    ],
    load: async () => (await import('./list-runs.ts')).listRunsCommand,
  }),
  defineCommand({
    name: 'runs show',
    summary: 'Show what happened in a run.',
    args: [RUN],
    options: showOptions,
    globals: SHOW,
    examples: [
      ['swarm runs show last', 'Show the last run.'],
      ['swarm runs show last --replay --speed 10', 'Play it again, ten times as fast.'],
    ],
    load: async () => (await import('./show-run.ts')).showRunCommand,
  }),
  defineCommand({
    name: 'runs watch',
    summary: 'Follow a run from another terminal.',
    args: [RUN],
    globals: [...SHOW, 'inventory'],
    examples: [
      ['swarm runs watch', 'Follow the last run.'],
      ['swarm runs watch last -o ndjson', 'Print its events, one a line.'],
    ],
    load: async () => (await import('./watch-run.ts')).watchRunCommand,
  }),
  defineCommand({
    name: 'runs logs',
    summary: 'Print the output of hosts in a run.',
    args: [RUN, { usage: '[host]', text: 'Print only the output of this host.', values: 'hosts' }],
    options: logOptions,
    globals: ['directory', 'output'],
    examples: [
      ['swarm runs logs last drone-tarn', 'Print the output of one host.'],
      ['swarm runs logs last --errors', 'Print only what failed.'],
    ],
    load: async () => (await import('./run-logs.ts')).runLogsCommand,
  }),
  resumeCommand,
  defineCommand({
    name: 'runs cancel',
    summary: 'Stop a run and its jobs on the hosts.',
    args: [RUN],
    options: cancelOptions,
    globals: ['directory', 'inventory', 'output'],
    examples: [
      ['swarm runs cancel last', 'Stop the last run.'],
      ['swarm runs cancel last --yes', 'Stop it without a question.'],
    ],
    load: async () => (await import('./cancel-run.ts')).cancelRunCommand,
  }),
  defineCommand({
    name: 'runs report',
    summary: 'Write a run to one HTML file.',
    args: [RUN, { usage: '[file]', text: 'The file to write. Default: swarm-ID.html, with the id of the run.' }],
    globals: ['directory', 'output'],
    examples: [
      ['swarm runs report', 'Write a report of the last run.'],
      ['swarm runs report last /tmp/run.html', 'Write it to a file of this name.'],
    ],
    load: async () => (await import('./run-report.ts')).runReportCommand,
  }),
  defineCommand({
    name: 'runs clean',
    summary: 'Remove the journals of old runs.',
    options: cleanOptions,
    globals: ['directory', 'output'],
    examples: [
      ['swarm runs clean --keep 30d --check', 'Print which runs ended more than 30 days ago.'],
      ['swarm runs clean --keep 30d --yes', 'Remove them without a question.'],
    ],
    load: async () => (await import('./clean-runs.ts')).cleanRunsCommand,
  }),
];
