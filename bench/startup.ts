// What a start of swarm costs: files of JavaScript that it opens, and its time as a ratio to `node -e 0`: `npm run bench:startup`.
// A second argument names another build to measure, its scripts/swarm.mjs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/core/program/package-root.ts';
import { has, type Runner, race, table } from './race.ts';

const rounds = Number(process.argv[2] ?? 15);
const program = process.argv[3] ?? join(packageRoot(), 'scripts/swarm.mjs');

const PLAYBOOK = `name: few
plays:
  - name: few
    hosts: localhost
    tasks:
      - { name: command, command: "true", register: done }
      - { name: copy, copy: { dest: "{{dir}}/copied", content: "hello" }, when: done.rc == 0 || true }
      - { name: template, template: { src: few.hbs, dest: "{{dir}}/written" } }
      - { name: stat, stat: { path: "{{dir}}/written" } }
`;

const starts = [
  { words: ['--version'], most: 3 },
  { words: ['--help'], most: 5 },
  { words: ['exec', 'localhost', '--', 'true'], most: 12 },
  { words: ['run', 'few'], most: 20 },
];

/** `swarm WORDS` in the project; `--version` counts only where it is the one word. */
const commandLine = (project: string, words: readonly string[]): readonly [string, ...string[]] => [
  process.execPath,
  program,
  ...(words[0] === '--version' ? [] : ['-C', project]),
  ...words,
];

/** Files of JavaScript and JSON outside the project that one start opens. */
function opened(project: string, words: readonly string[]): readonly string[] {
  const logs = join(project, 'strace');
  mkdirSync(logs);
  // -ff: a log for each thread, or a call that another thread interrupts would be in two pieces
  const strace = ['-ff', '-e', 'trace=open,openat', '-o', join(logs, 'log')];
  const { status, stderr } = spawnSync('strace', [...strace, ...commandLine(project, words)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`swarm ${words.join(' ')} ended with ${status}:\n${stderr}`);
  const lines = readdirSync(logs).flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'));
  rmSync(logs, { recursive: true });
  const names = lines.flatMap((line) => /"([^"]+\.(?:js|mjs|cjs|json))".*= \d+$/.exec(line)?.[1] ?? []);
  return [...new Set(names)].filter((name) => !name.startsWith(project)).sort();
}

if (!(await has('strace'))) throw new Error('bench:startup counts with strace, which is not installed');
const project = mkdtempSync(join(tmpdir(), 'swarm-bench-startup-'));
try {
  const made = spawnSync(process.execPath, [program, 'init', project], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  writeFileSync(join(project, 'playbooks/few.yml'), PLAYBOOK.replaceAll('{{dir}}', project));
  writeFileSync(join(project, 'templates/few.hbs'), 'on {{inventory_hostname}}\n');
  console.log('files of JavaScript opened');
  for (const { words, most } of starts) {
    const files = opened(project, words);
    const good = files.length <= most;
    if (!good) process.exitCode = 1;
    console.log(
      `  ${good ? 'reached' : 'MISSED '}  swarm ${words.join(' ').padEnd(24)} ${String(files.length).padStart(4)}  (at most ${most})`,
    );
    if (process.env['BENCH_FILES'] !== undefined) console.log(files.map((file) => `             ${file}`).join('\n'));
  }
  const timings = await race(
    [
      { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
      ...starts.map(({ words }): Runner => ({ name: `swarm ${words.join(' ')}`, argv: commandLine(project, words) })),
    ],
    rounds,
  );
  console.log(table(`\nstart to end, median of ${rounds}`, timings));
} finally {
  rmSync(project, { recursive: true, force: true });
}
