import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import container from '../../../modules/containers/container.ts';
import { containerWords } from '../../../src/sdk/containers/container-words.ts';
import { withPrograms } from '../cases/case.ts';
import { docker } from '../cases/container-cases.ts';
import { driveModule } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-container-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const web = { name: 'web', image: 'nginx:1.27', restart_policy: 'always', env: { TOKEN: 'h1dden' } };
const drive = async (args: object, check = false) => {
  const host = await withPrograms(dir, { docker });
  const { changes } = await driveModule(container.run({ ...host, check }, container.args.parse({ ...web, ...args })), host, check);
  return { changes, verbs: changes.map(({ verb }) => verb), ran: JSON.stringify([host.ran, changes]) };
};

test('a container is made anew where something else is asked for, and its environment is on no command line', async () => {
  const first = await drive({});
  expect(first.verbs).toEqual(['create']);
  expect(first.ran).not.toContain('h1dden');
  expect(await readFile(join(dir, 'state/env'), 'utf8')).toBe('TOKEN=h1dden\n');
  expect((await drive({})).verbs).toEqual([]);
  expect((await drive({ env: { TOKEN: 'other' } })).changes[0]?.after).toContain('with other values of env');
  expect((await drive({ env: { TOKEN: 'other' }, ports: ['8080:80', 53] })).verbs).toEqual(['update']);
  expect((await drive({ env: { TOKEN: 'other' }, ports: ['8080:80', '53'] })).verbs).toEqual([]);
});

test('a container is started, stopped, started anew and removed', async () => {
  expect((await drive({ state: 'present' })).verbs).toEqual(['create']);
  expect((await drive({ state: 'present' })).verbs).toEqual([]);
  expect((await drive({})).verbs).toEqual(['update']);
  expect((await drive({ restart: true })).verbs).toEqual(['run']);
  expect((await drive({ recreate: true })).verbs).toEqual(['update']);
  expect((await drive({ state: 'stopped' })).verbs).toEqual(['update']);
  expect((await drive({ state: 'stopped' })).verbs).toEqual([]);
  expect((await drive({ state: 'absent' })).verbs).toEqual(['delete']);
  expect((await drive({ state: 'absent' })).verbs).toEqual([]);
});

test('a daemon that does not run is told with the task that starts it', async () => {
  const said = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
  const host = await withPrograms(dir, { docker: `echo '${said}' >&2; exit 1` });
  await expect(driveModule(container.run(host, container.args.parse(web)), host)).rejects.toMatchObject({
    message: `container web: ${said}`,
    hint: 'Start it in a task before. Write: service: { name: docker, state: started }',
  });
});

test('a check does not load an image, and says that it does not know', async () => {
  await drive({});
  const { changes, ran } = await drive({ pull: true }, true);
  expect(changes).toMatchObject([{ unknownInCheck: 'outcome' }]);
  expect(ran).not.toContain('"pull"');
  expect((await drive({ pull: true })).verbs).toEqual([]);
});

test('the words of create', () => {
  const {
    name: _,
    state: __,
    engine: ___,
    pull,
    recreate,
    restart,
    ...spec
  } = container.args.parse({
    ...web,
    command: "sh -c 'a b'",
    entrypoint: ['/init', 'x'],
    networks: [{ name: 'shop', aliases: ['w'] }, 'backend'],
    ulimits: ['nofile:1:2'],
    etc_hosts: { db: '192.0.2.7' },
    privileged: true,
  });
  const words = containerWords(spec).filter((word) => !word.startsWith('--label=swarm.'));
  expect(words).toEqual([
    ...[
      '--restart',
      'always',
      '--network=shop',
      '--network-alias',
      'w',
      '--entrypoint=/init',
      '--ulimit=nofile=1:2',
      '--add-host=db:192.0.2.7',
    ],
    ...['--privileged', 'nginx:1.27', 'x', 'sh', '-c', 'a b'],
  ]);
});

test('a command with an open quote is a fault of the task', () => {
  expect(container.args.safeParse({ ...web, command: "sh -c 'a" }).error?.issues[0]?.message).toContain('a quote is not closed');
});

test.each([
  ['ports', '80-:80', false],
  ['ports', '8080:80/http', false],
  ['ports', '80:8080:90:1', false],
  ['ports', '8000-8010:8000-8010/udp', true],
  ['ports', '127.0.0.1::80', true],
  ['ports', '[::1]:8080:80', true],
  ['volumes', '/srv/web:usr/share', false],
  ['volumes', 'web', false],
  ['volumes', 'web:/srv:ro,z', true],
  ['volumes', '/data', true],
])('%s: %s is told before the engine refuses it', (name, value, good) => {
  expect(container.args.safeParse({ ...web, [name]: [value] }).success).toBe(good);
});

test.each([
  [`echo '${'['.repeat(1500)}'`, /not JSON that can be read: nested deeper than 100 levels$/],
  ['echo Cannot connect', /container web: what docker container inspect web prints is not JSON that can be read/],
  [':', /what docker container inspect web prints is not JSON/],
  ['echo "[null]"', /says nothing of the container web/],
])('an answer of inspect that is none is told as such, and changes nothing: %.40s', async (answer, message) => {
  const odd = `case "$1 $2" in 'container ls') echo web; exit ;; 'container inspect') ${answer}; exit ;; esac\n${docker}`;
  const host = await withPrograms(dir, { docker: odd });
  await expect(driveModule(container.run(host, container.args.parse(web)), host)).rejects.toMatchObject({
    code: 'SW6012',
    message: expect.stringMatching(message),
  });
});

test('a warning before the answers of podman is skipped', async () => {
  await drive({});
  const warning = `case "$1" in container | image) echo 'WARN[0000] odd' ;; esac\n${docker}`;
  const host = await withPrograms(dir, { docker: warning });
  expect((await driveModule(container.run(host, container.args.parse(web)), host)).changes).toEqual([]);
});

test.each([
  { env: { '#A': 'lost as a comment' } },
  { env: { 'A B': 'x' } },
  { env: { A: 'x\r' } },
  { ports: ['99999:80'] },
  { ports: ['-x:80'] },
  { ports: ['80:80:80'] },
])('an argument that docker would refuse or lose is refused: %j', (args) => {
  expect(container.args.safeParse({ ...web, ...args }).success).toBe(false);
});

test('the forms of ports', () => {
  const ports = ['80', '8080:80', '127.0.0.1:5432:5432', '[::1]:53:53/udp', '8000-8010:8000-8010/tcp', '127.0.0.1::80'];
  expect(container.args.parse({ ...web, ports }).ports).toEqual(ports);
});
