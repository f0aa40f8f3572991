import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { overview } from '../../fleet/overview/overview.ts';
import { playbookNames } from '../../fleet/project/find-playbook.ts';
import { openProject, projectDir } from '../../fleet/project/project.ts';
import type { DashboardData, Step } from '../../report/screen/dashboard.ts';
import type { Everywhere } from '../options.ts';
import { interactive, lookFor } from '../output.ts';
import { type Answer, backgroundVerify } from './background-verify.ts';

const FRESH_MS = 3000;

/** `swarm` alone: the dashboard on a terminal, else help. */
export async function dashboard(options: Everywhere, help: () => void): Promise<number> {
  if (!interactive(options) || !inProject(options)) {
    help();
    return 0;
  }
  let answers: ReadonlyMap<string, Answer> = new Map();
  for (;;) {
    const screen = await import('../../report/screen/dashboard.ts');
    const opened = screen.dashboard({
      out: process.stdout,
      in: process.stdin,
      look: lookFor(options, process.stdout),
      data: await gather(options, answers),
    });
    const renew = async (): Promise<void> => opened.update(await gather(options, answers));
    const verifying = backgroundVerify(projectDir(options), (found) => {
      answers = found;
      void renew().catch(() => {}); // the inventory is being edited: the last good picture stays
    });
    const timer = setInterval(() => void renew().catch(() => {}), FRESH_MS);
    const choice = await opened.choice;
    clearInterval(timer);
    verifying.stop();
    if (choice.type === 'quit') return 0;
    if (choice.type === 'run') await typed(['runs', 'watch', choice.id], options);
    else await typed(wordsOf(choice.step.command, choice.text), options);
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

async function gather(options: Everywhere, answers: ReadonlyMap<string, Answer>): Promise<DashboardData> {
  const project = await openProject(options);
  const { hosts, runs, binhost, next } = await overview(project);
  return {
    project: project.dir,
    hosts: hosts.map((host) => hostOf(host, answers.get(host.name))),
    runs: runs.map(({ id, playbook, status, startedAt, exit }) => ({
      id,
      playbook,
      status,
      startedAt,
      ...(exit === null ? {} : { exit }),
    })),
    playbooks: playbookNames(project.dir),
    binhost: binhost.packages === 0 ? `${binhost.id}  empty` : `${binhost.id}  ${binhost.packages} packages`,
    next: stepsOf(
      hosts.filter((host) => host.status === 'untrusted').map(({ name }) => name),
      next,
    ),
  };
}

type Known = Awaited<ReturnType<typeof overview>>['hosts'][number];

/** What the files say, and what the host answered since. */
function hostOf(
  { name, status, cores, routes, block, protected: guarded }: Known,
  answer: Answer | undefined,
): DashboardData['hosts'][number] {
  const route = answer?.route ?? routes[0];
  const blocked = status === 'blocked' && block !== undefined;
  const notes = [
    ...(blocked ? [`${block.reason}, until ${block.until}`] : []),
    ...(guarded ? ['protected'] : []),
    ...(answer?.note === undefined ? [] : [answer.note]),
  ];
  return {
    name,
    status: blocked ? 'blocked' : (answer?.status ?? (status === 'untrusted' ? 'untrusted' : 'unknown')),
    ...(route === undefined ? {} : { route }),
    ...(cores === undefined ? {} : { cores }),
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

/** Most urgent first. `next` is what `swarm status` says. */
function stepsOf(strangers: readonly string[], next: string): readonly Step[] {
  const [stranger] = strangers;
  const more = strangers.length > 1 ? `, ${strangers.length - 1} more after it` : '';
  const urgent: readonly (readonly [start: string, key: string, what: string])[] = [
    ['swarm runs watch', 'w', 'watch the run that goes on'],
    ['swarm runs resume', 'r', 'resume the run that was cut off'],
    ['swarm runs logs', 'l', 'look at what failed'],
  ];
  const first = urgent.find(([start]) => next.startsWith(start));
  return [
    ...(stranger === undefined ? [] : [{ key: 't', what: `trust ${stranger}${more}`, command: `swarm hosts trust ${stranger}` }]),
    ...(first === undefined ? [] : [{ key: first[1], what: first[2], command: next }]),
    { key: 'b', what: 'build packages…', command: 'swarm run build', ask: 'package atoms' },
    { key: 'p', what: 'push', command: 'swarm push' },
    { key: 'v', what: 'verify every route', command: 'swarm hosts verify' },
    { key: 's', what: 'status', command: 'swarm status' },
  ];
}

const wordsOf = (command: string, text: string): readonly string[] => [
  ...command.split(' ').slice(1),
  ...text.split(/\s+/).filter((word) => word !== ''),
];

/** As a person would type it, on the normal screen; then back. */
async function typed(argv: readonly string[], options: Everywhere): Promise<void> {
  process.stderr.write(`$ swarm ${argv.join(' ')}\n`);
  const where = options.directory === undefined ? [] : ['-C', options.directory];
  const files = (options.inventory ?? []).flatMap((path) => ['-i', path]);
  const patient = (): void => {}; // ^C is for the command
  process.on('SIGINT', patient);
  try {
    await once(spawn(process.execPath, [process.argv[1] ?? '', ...where, ...files, ...argv], { stdio: 'inherit' }), 'exit');
    await enter();
  } finally {
    process.off('SIGINT', patient);
  }
}

/** Until the person has read what stands there. */
async function enter(): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const over = Promise.race([once(terminal, 'close'), once(terminal, 'SIGINT')]);
  await Promise.race([terminal.question('↵ back to the dashboard ').catch(() => ''), over]);
  terminal.close();
}
