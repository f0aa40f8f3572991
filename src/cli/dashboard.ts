import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Everywhere } from './options.ts';
import { interactive, lookFor } from './output.ts';
import { playbookNames } from './playbooks.ts';
import { openProject, projectDir } from './project.ts';
import { overview } from './status.ts';

/** `swarm` alone: the dashboard on a terminal, else help. */
export async function dashboard(options: Everywhere, help: () => void): Promise<number> {
  if (!interactive(options) || !inProject(options)) {
    help();
    return 0;
  }
  for (;;) {
    const screen = await import('../report/screen/dashboard.ts');
    const opened = screen.dashboard({
      out: process.stdout,
      in: process.stdin,
      look: lookFor(options, process.stdout),
      data: await gather(options),
    });
    const choice = await opened.choice;
    if (choice.type === 'quit') return 0;
    const argv =
      choice.type === 'run' ? ['runs', 'show', choice.id, '--replay', '--speed', '1000'] : wordsOf(choice.step.command, choice.text);
    await type(argv, options);
  }
}

function inProject(options: Everywhere): boolean {
  try {
    projectDir(options);
    return true;
  } catch {
    return false;
  }
}

async function gather(options: Everywhere) {
  const project = await openProject(options);
  const { hosts, runs, binhost, next } = await overview(project);
  const stranger = hosts.find((host) => host.status === 'untrusted');
  return {
    project: project.dir,
    hosts: hosts.map(({ name, status, cores, routes, block, protected: guarded }) => ({
      name,
      status: status === 'trusted' ? ('unknown' as const) : (status as 'blocked' | 'untrusted'),
      ...(routes[0] === undefined ? {} : { route: routes[0] }),
      ...(cores === undefined ? {} : { cores }),
      ...(block !== undefined ? { note: `${block.reason}, until ${block.until}` } : guarded ? { note: 'protected' } : {}),
    })),
    runs: runs.map(({ id, playbook, status, startedAt, exit }) => ({
      id,
      playbook,
      status,
      startedAt,
      ...(exit === null ? {} : { exit }),
    })),
    playbooks: playbookNames(project.dir),
    binhost: `${binhost.id}  ${binhost.packages} packages`,
    next: [
      ...(stranger === undefined ? [] : [{ key: 't', what: `trust ${stranger.name}`, command: `swarm hosts trust ${stranger.name}` }]),
      { key: 'v', what: 'verify every route', command: 'swarm hosts verify' },
      { key: 'b', what: 'build packages…', command: 'swarm run build', ask: 'package atoms' },
      { key: 'p', what: 'push', command: 'swarm push' },
      ...(next.startsWith('swarm runs watch') ? [{ key: 'w', what: 'watch the run', command: next }] : []),
      { key: 's', what: 'status', command: 'swarm status' },
    ],
  };
}

const wordsOf = (command: string, text: string): readonly string[] => [
  ...command.split(' ').slice(1),
  ...text.split(/\s+/).filter((word) => word !== ''),
];

/** As a person would type it, on the normal screen; then back. */
async function type(argv: readonly string[], options: Everywhere): Promise<void> {
  process.stderr.write(`$ swarm ${argv.join(' ')}\n`);
  const where = options.directory === undefined ? [] : ['-C', options.directory];
  await once(spawn(process.execPath, [process.argv[1] ?? '', ...where, ...argv], { stdio: 'inherit' }), 'exit');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  await terminal.question('↵ back ').catch(() => '');
  terminal.close();
}
