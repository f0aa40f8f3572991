import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { formatHop } from '../../../src/remote/ssh-config/jump-hop.ts';
import { readSshConfig, type SshSettings } from '../../../src/remote/ssh-config/ssh-config.ts';
import { sshdProgram } from '../../machines/sshd.ts';
import { cases } from '../../setup/cases.ts';
import { createRandom } from '../seeded-random.ts';
import { type ConfigFiles, NAMES, randomConfig } from './random-config.ts';

const seed = Number(process.env['SWARM_TEST_SEED'] ?? Date.now() % 1_000_000);
const root = mkdtempSync(join(tmpdir(), 'swarm-ssh-g-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

/** One question: the settings for `name` in the files of `home`, with `ssh -l user` or without. */
interface Question {
  readonly home: string;
  readonly name: string;
  readonly user: string | undefined;
}

/** What ssh prints for each question, `undefined` where it refuses the file. One shell for all: a process for each question is slow. */
function askOpenssh(questions: readonly Question[]): readonly (string | undefined)[] {
  const script =
    'while read -r home name user; do set --; test -z "$user" || set -- -l "$user"; HOME=$home ssh -G -F "$home/.ssh/config" "$@" -- "$name" 2>/dev/null; echo "end $?"; done';
  const input = questions.map(({ home, name, user = '' }) => `${home} ${name} ${user}\n`).join('');
  const answers = execFileSync('sh', ['-c', script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 }).split(/^end (\d+)\n/m);
  return questions.map((_, at) => (answers[2 * at + 1] === '0' ? answers[2 * at] : undefined));
}

function writeHome(at: number, files: ConfigFiles): string {
  const home = join(root, String(at));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, '.ssh', name)), { recursive: true });
    writeFileSync(join(home, '.ssh', name), text);
  }
  return home;
}

/** ssh -G prints paths and agents as they are written: their tokens are filled in with what else it prints. */
function fromOpenssh(answer: string, { home, name, user }: Question): object {
  const all = (key: string): readonly string[] =>
    answer.split('\n').flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []));
  const [hostName = '', port = '', sshUser = ''] = ['hostname', 'port', 'user'].map((key) => all(key)[0]);
  const tokens: Readonly<Record<string, string>> = {
    '%': '%',
    h: hostName,
    n: name,
    p: port,
    r: user ?? sshUser,
    u: userInfo().username,
    d: home,
  };
  const expand = (text: string): string =>
    text
      .replace(/^~(?=\/)/, home)
      .replace(`${userInfo().homedir}/`, `${home}/`)
      .replace(/%(.)/g, (_, token: string) => tokens[token] ?? '?');
  const agent = all('identityagent')[0];
  return {
    hostName,
    port: Number(port),
    user: sshUser,
    identityFiles: all('identityfile')
      .map(expand)
      .filter((file) => file !== 'none'),
    identitiesOnly: all('identitiesonly')[0] === 'yes',
    identityAgent: agent === undefined || /^(none|SSH_AUTH_SOCK)$/.test(agent) ? agent : expand(agent),
    proxyJump: all('proxyjump')[0],
    proxyCommand: all('proxycommand').length > 0,
    alias: all('hostkeyalias')[0]?.toLowerCase(),
    family: all('addressfamily')[0],
    bindAddress: all('bindaddress')[0],
    connectTimeout: Number(all('connecttimeout')[0]) || undefined,
    known: all('userknownhostsfile')[0],
  };
}

/** The same of swarm, with the defaults that OpenSSH has. */
function fromSwarm(settings: SshSettings, { name, user }: Question, defaults: { identityFiles?: unknown; known?: unknown }): object {
  const agent = settings.identityAgent;
  const hasFile = settings.origins.some(({ setting }) => setting === 'identityFile');
  return {
    hostName: settings.hostName ?? name.toLowerCase(),
    port: settings.port ?? 22,
    user: user ?? settings.user ?? userInfo().username,
    identityFiles: hasFile ? settings.identityFiles : defaults.identityFiles,
    identitiesOnly: settings.identitiesOnly,
    identityAgent: agent === process.env['SSH_AUTH_SOCK'] && agent !== undefined ? 'SSH_AUTH_SOCK' : agent,
    proxyJump: settings.proxyJump.length === 0 ? undefined : settings.proxyJump.map(formatHop).join(','),
    proxyCommand: settings.unused.some(({ keyword }) => keyword === 'ProxyCommand'),
    alias: settings.hostKeyAlias,
    family: settings.addressFamily === undefined ? 'any' : settings.addressFamily === 4 ? 'inet' : 'inet6',
    bindAddress: settings.bindAddress,
    connectTimeout: settings.connectTimeoutMs === undefined ? undefined : settings.connectTimeoutMs / 1000,
    known: settings.knownHostsFiles?.join(' ') ?? defaults.known,
  };
}

describe.skipIf(sshdProgram === undefined)('swarm reads ssh_config as ssh -G does', () => {
  test(`random files, seed ${seed}`, { timeout: 600_000 }, () => {
    vi.stubEnv('SSH_AUTH_SOCK', '/run/some-agent');
    const random = createRandom(seed);
    const questions = Array.from({ length: cases(550) }, (_, at): Question & { readonly files: ConfigFiles } => {
      const files = randomConfig(random);
      return { home: writeHome(at, files), files, name: random.pick(NAMES), user: random.next() < 0.2 ? 'joe' : undefined };
    });
    const answers = askOpenssh(questions);
    const refused = answers.filter((answer) => answer === undefined).length;
    for (const [at, question] of questions.entries()) {
      const answer = answers[at];
      vi.stubEnv('HOME', question.home);
      const { home, name, user, files } = question;
      const context = `seed ${seed}, ssh ${user === undefined ? '' : `-l ${user} `}${name}\n${Object.entries(files)
        .map(([file, text]) => `--- ${file}\n${text.replaceAll('\t', '<TAB>').replaceAll('\r', '<CR>')}`)
        .join('\n')}`;
      const read = (): SshSettings => readSshConfig(join(home, '.ssh/config')).settings({ address: name, user });
      if (answer === undefined) {
        expect(read, context).toThrow(SwarmError);
        continue;
      }
      const theirs = fromOpenssh(answer, question);
      expect(fromSwarm(read(), question, theirs), context).toEqual(theirs);
    }
    expect(refused).toBeLessThan(questions.length / 5);
  });
});
