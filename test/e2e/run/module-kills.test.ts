import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMarkedProcesses, killAll } from '../../machines/marked-processes.ts';
import { sshdProgram } from '../../machines/sshd.ts';
import { type SshdFleet, startSshdFleet } from '../../machines/sshd-fleet.ts';
import { type StepWire, startStepWire } from '../../machines/step-wire.ts';
import { docker } from '../../modules/cases/container-cases.ts';
import { createRandom } from '../../remote/seeded-random.ts';
import { runSwarm, startSwarm } from '../run-program.ts';

/** A module that is killed at a step: its file is the old one or the new one, a second run makes it the new one, and nothing is left beside it.
 *  SWARM_TEST_CASES of them are tried, else one; SWARM_TEST_MODULE: of this module alone. */
interface KillCase {
  readonly module: string;
  /** What the folder has before. */
  readonly make: (folder: string) => void;
  readonly args: (folder: string) => object;
  /** What the folder has: `old`, `new`, or what else. */
  readonly state: (folder: string) => string;
  /** The names in the folder afterwards. */
  readonly names: readonly string[];
}

const sh = (folder: string, text: string): string =>
  execFileSync('sh', ['-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a',
    },
  }).trim();
const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : 'missing');

const OLD_LINES = Array.from({ length: 400 }, (_, at) => `# old line ${at} of the file\n`).join('');
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAgHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH';

/** All old lines must be in the file; `new`: something of the task too. */
function lineState(file: string): string {
  const text = read(file);
  if (!text.startsWith(OLD_LINES.trimEnd())) return `${text.split('\n').length} lines`;
  return text === OLD_LINES ? 'old' : 'new';
}

/** A module that adds a line to a file with many. */
const lineCase = (module: string, args: (file: string) => object): KillCase => ({
  module,
  make: (folder) => writeFileSync(join(folder, 'file'), OLD_LINES),
  args: (folder) => args(join(folder, 'file')),
  state: (folder) => lineState(join(folder, 'file')),
  names: ['file'],
});

/** What cron has: it reads all of its input, and puts it in place by one rename. */
const CRONTAB = `case $1 in -l) cat "$TABLE" ;; -) cat >"$TABLE.$$" && mv "$TABLE.$$" "$TABLE" ;; esac\n`;

const CASES: readonly KillCase[] = [
  {
    module: 'git',
    make: (folder) =>
      sh(
        folder,
        'git init -q repo && cd repo && for n in $(seq 200); do echo old >f$n; done && git add . && git commit -qm old && git clone -q . ../clone && for n in $(seq 200); do echo new >f$n; done && git commit -qam new',
      ),
    args: (folder) => ({ repo: join(folder, 'repo'), dest: join(folder, 'clone') }),
    state: (folder) => {
      const texts = new Set(Array.from({ length: 200 }, (_, at) => read(join(folder, 'clone', `f${at + 1}`)).trim()));
      return [...texts].join(' ');
    },
    names: ['clone', 'repo'],
  },
  {
    module: 'unarchive',
    make: (folder) =>
      sh(folder, 'mkdir in to && for n in $(seq 50); do echo new >in/f$n; echo old >to/f$n; done && tar -czf a.tgz -C in . && rm -r in'),
    args: (folder) => ({ src: join(folder, 'a.tgz'), dest: join(folder, 'to'), remote_src: true, exclude: ['none'] }),
    state: (folder) => {
      const left = readdirSync(join(folder, 'to')).filter((name) => !/^f\d+$|^\.swarm-unpacked-/.test(name));
      return [...new Set(Array.from({ length: 50 }, (_, at) => read(join(folder, 'to', `f${at + 1}`)).trim())), ...left].join(' ');
    },
    names: ['a.tgz', 'to'],
  },
  {
    module: 'archive',
    make: (folder) => sh(folder, 'mkdir in && head -c 3000000 /dev/urandom >in/old && tar -czf a.tgz in && mv in/old in/new'),
    args: (folder) => ({ path: [join(folder, 'in')], dest: join(folder, 'a.tgz'), format: 'gz', exclude_path: [join(folder, 'in/x')] }),
    state: (folder) => sh(folder, 'tar -tzf a.tgz | sed -n "s,.*in/\\(.*\\),\\1,p" | grep .'),
    names: ['a.tgz', 'in'],
  },
  {
    module: 'authorized_key',
    make: (folder) => {
      writeFileSync(join(folder, 'keys'), 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH old\n', {
        mode: 0o600,
      });
    },
    args: (folder) => ({
      user: 'root',
      path: join(folder, 'keys'),
      key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAgHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH new',
    }),
    state: (folder) =>
      ({ 1: 'old', 2: 'new' })[read(join(folder, 'keys')).match(/^ssh-ed25519 \S{68} (?:old|new)$/gm)?.length ?? 0] ?? 'neither',
    names: ['keys'],
  },
  lineCase('sysctl', (file) => ({ name: 'vm.swappiness', value: 'new', sysctl_file: file, live: false })),
  lineCase('mount', (file) => ({ path: '/new', src: 'tmpfs', fstype: 'tmpfs', state: 'present', fstab: file })),
  lineCase('cron', (file) => ({ name: 'new', job: 'true', cron_file: file })),
  lineCase('known_hosts', (file) => ({ name: 'new', key: KEY, path: file })),
  lineCase('lineinfile', (file) => ({ path: file, line: 'new' })),
  lineCase('blockinfile', (file) => ({ path: file, block: 'new' })),
  lineCase('ini_file', (file) => ({ path: file, section: 'new', option: 'a', value: 'b' })),
  lineCase('replace', (file) => ({ path: file, regexp: '(399 of the file)\n(?!# new)', replace: '$1\n# new\n' })),
  lineCase('copy', (file) => ({ dest: file, content: `${OLD_LINES}new`, validate: 'test -s %s' })),
  {
    ...lineCase('cron', () => ({ name: 'new', job: 'true' })),
    make: (folder) => writeFileSync(join(folder, '../../crontab'), OLD_LINES),
    state: (folder) => lineState(join(folder, '../../crontab')),
    names: [],
  },
  {
    module: 'openssl_privatekey',
    make: (folder) => sh(folder, 'openssl genpkey -algorithm ED25519 -out own.key 2>/dev/null'),
    args: (folder) => ({ path: join(folder, 'own.key'), type: 'RSA', size: 2048 }),
    state: (folder) => (/ED25519/.test(sh(folder, 'openssl pkey -in own.key -noout -text')) ? 'old' : 'new'),
    names: ['own.key'],
  },
  {
    module: 'openssh_keypair',
    make: (folder) => sh(folder, 'ssh-keygen -q -t ecdsa -N "" -f own'),
    args: (folder) => ({ path: join(folder, 'own'), type: 'rsa', size: 2048 }),
    state: (folder) => (/ECDSA/.test(sh(folder, 'ssh-keygen -y -f own | ssh-keygen -l -f -')) ? 'old' : 'new'),
    names: ['own', 'own.pub'],
  },
  {
    module: 'x509_certificate',
    make: (folder) =>
      sh(
        folder,
        'openssl genpkey -algorithm ED25519 -out own.key 2>/dev/null; openssl req -x509 -key own.key -subj /CN=old -days 9 -out own.crt',
      ),
    args: (folder) => ({ path: join(folder, 'own.crt'), provider: 'selfsigned', privatekey_path: join(folder, 'own.key') }),
    state: (folder) => (/CN ?= ?old/.test(sh(folder, 'openssl x509 -in own.crt -noout -subject')) ? 'old' : 'new'),
    names: ['own.crt', 'own.key'],
  },
  {
    module: 'container',
    make: (folder) => {
      const state = join(folder, '../../state');
      sh(
        folder,
        `rm -rf ${state}; mkdir ${state}; echo --label=swarm.asked=old >${state}/c-web; : >${state}/r-web; echo old >${state}/description`,
      );
    },
    args: () => ({ name: 'web', image: 'nginx:1.27', restart_policy: 'always' }),
    state: (folder) => {
      const state = join(folder, '../../state');
      const text = read(join(state, 'c-web'));
      if (readdirSync(state).some((name) => !['c-web', 'r-web', 'description', 'env'].includes(name))) return readdirSync(state).join(' ');
      return text === 'missing' ? 'missing' : text.includes('asked=old') ? 'old' : existsSync(join(state, 'r-web')) ? 'new' : 'stopped';
    },
    names: [],
  },
];

const HOWS = ['swarm', 'logins'] as const;
const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
const count = Number(process.env['SWARM_TEST_CASES'] ?? 1);
const only = process.env['SWARM_TEST_MODULE'];

describe.skipIf(sshdProgram === undefined)(`a module is killed (seed ${seed})`, () => {
  const random = createRandom(seed);
  let fleet: SshdFleet;
  let wire: StepWire;
  let home = '';
  let bin = '';
  beforeAll(async () => {
    bin = mkdtempSync(join(tmpdir(), 'swarm-kills-'));
    fleet = await startSshdFleet(1, { env: { PATH: `${bin}:${process.env['PATH']}` } });
    home = fleet.machines[0]?.home ?? '';
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\nSTATE=${home}/state\n${docker}`);
    chmodSync(join(bin, 'docker'), 0o755);
    writeFileSync(join(bin, 'crontab'), `#!/bin/sh\nTABLE=${home}/crontab\n${CRONTAB}`);
    chmodSync(join(bin, 'crontab'), 0o755);
    wire = await startStepWire(fleet.machines[0]?.port ?? 0);
    const inventory = join(fleet.project, 'inventory/swarm.yml');
    writeFileSync(inventory, readFileSync(inventory, 'utf8').replace(`:${fleet.machines[0]?.port}"`, `:${wire.port}"`));
    mkdirSync(join(fleet.project, 'playbooks'));
  });
  afterAll(async () => {
    await wire[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    rmSync(bin, { recursive: true, force: true });
  });

  const marked = () => findMarkedProcesses(fleet.machines[0]?.mark ?? '');
  const all = CASES.filter(({ module }) => only === undefined || module === only).flatMap((each) =>
    HOWS.flatMap((how) =>
      Array.from({ length: 40 }, (_, at) => ({ ...each, how, at, step: 8 + random.below(8), delay: random.below(90) })),
    ),
  );
  test.each(random.shuffled(all).slice(0, count))(
    '$module, $how at step $step and $delay ms ($at)',
    async ({ module, make, args, state, names, how, step, delay, at }) => {
      const folder = join(home, 'work', `${module}-${how}-${at}`);
      mkdirSync(folder, { recursive: true });
      make(folder);
      writeFileSync(
        join(fleet.project, 'playbooks/kill.yml'),
        JSON.stringify({ plays: [{ hosts: 'drones', gather_facts: false, tasks: [{ name: 't', [module]: args(folder) }] }] }),
      );
      wire.mend();
      const begun = startSwarm(fleet.project, ['run', 'kill']);
      wire.watch(step, 'before', () => {
        setTimeout(async () => {
          if (how === 'swarm') begun.kill('SIGKILL');
          else await killAll(() => marked());
        }, delay);
        return 'stay';
      });
      await begun.ended;
      for (let n = 0; n < 250 && marked().length > 0; n++) await wait(20);
      expect(marked(), 'still running').toEqual([]);
      const after = state(folder);
      wire.mend();
      const { exit: healed, stdout, stderr } = await runSwarm(fleet.project, ['run', 'kill']);
      expect(healed, stdout + stderr).toBe(0);
      expect(state(folder)).toBe('new');
      expect(readdirSync(folder).sort()).toEqual(names);
      expect(['old', 'new']).toContain(after);
    },
    120_000,
  );
});
