import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLabProject, journalOf, type LabProject, published } from './lab-project.ts';
import { runSwarm } from './run-program.ts';

/** What scripts may rely on. One fleet of two, one build, then questions. */
let project: LabProject;
let built: Awaited<ReturnType<LabProject['json']>>;

beforeAll(async () => {
  project = await createLabProject(2);
  built = await project.json('run', 'build', 'demo-libs/zip');
});
afterAll(() => project[Symbol.asyncDispose]());

const NAME = /^[a-z0-9][\w.-]*$/;

describe('a build', () => {
  test('is one document on stdout: hosts, items, what was published', () => {
    expect(built.exit).toBe(0);
    expect(built.json).toMatchObject({ playbook: 'build', status: 'ok', exit: 0, errors: [] });
    expect(Object.keys(built.json)).toEqual(['run', 'playbook', 'status', 'exit', 'hosts', 'items', 'published', 'errors']);
    expect(Object.keys(built.json.hosts).sort()).toEqual(['d1', 'd2']);
    for (const host of Object.values(built.json.hosts)) expect(host).toMatchObject({ failed: 0, unreachable: 0, refused: 0 });
    expect(built.json.items.map(({ id, status }) => [id, status])).toEqual([
      ['demo-libs/base-2.1-r1', 'published'],
      ['demo-libs/zip-1.3.1', 'published'],
    ]);
    for (const item of built.json.items) expect(item).toMatchObject({ host: expect.stringMatching(/^d[12]$/), attempts: 1 });
  });

  test('publishes what the document says: path, size and SHA-256 are those of the files', async () => {
    const { createHash } = await import('node:crypto');
    expect(built.json.published.map(({ cpv }) => cpv).sort()).toEqual(['demo-libs/base-2.1-r1', 'demo-libs/zip-1.3.1']);
    for (const { path, size, sha256 } of built.json.published) {
      const bytes = readFileSync(join(project.dir, 'binhost', path));
      expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([size, sha256]);
    }
    expect(published(project.dir).map(({ path }) => path)).toEqual(built.json.published.map(({ path }) => path).sort());
  });

  test('a second time finds everything published and builds nothing', async () => {
    const again = await project.json('run', 'build', 'demo-libs/zip');
    expect(again.exit).toBe(0);
    expect([again.json.items, again.json.published]).toEqual([[], []]);
  });

  test('with -o ndjson prints the journal: every event once, seq without gaps', async () => {
    const { exit, stdout } = await project.swarm('run', 'build', 'demo-libs/text', '-o', 'ndjson');
    expect(exit).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
    expect(new Set(events.map(({ v, run }) => `${v} ${run}`)).size).toBe(1);
    expect(events).toEqual(journalOf(project.dir, events[0].run));
    expect(events.at(-1)).toMatchObject({ v: 1, type: 'run.finished', exit: 0 });
  });

  test('with -o ndjson an error before the run is one event, of no run', async () => {
    const { exit, stdout } = await project.swarm('run', 'no-such-playbook', '-o', 'ndjson');
    const errors = [expect.objectContaining({ code: 'SW1203' })];
    expect(JSON.parse(stdout)).toEqual({ v: 1, run: '', seq: 0, at: expect.any(String), type: 'command.failed', exit, errors });
  });

  test('in plain text keeps progress on stderr and the recap on stdout', async () => {
    const { exit, stdout, stderr } = await project.swarm('run', 'build', 'demo-libs/text');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^recap /);
    expect(stdout).not.toMatch(/\u001b|play {5}start/);
    expect(stderr).toMatch(/Plan/);
  });
});

describe('documents', () => {
  test.concurrent.each([
    { words: ['hosts', 'list'], key: 'hosts', names: ['d1', 'd2'] },
    { words: ['hosts'], key: 'hosts', names: ['d1', 'd2'] },
    { words: ['hosts', 'verify'], key: 'hosts', names: ['d1', 'd2'] },
    { words: ['hosts', 'discover'], key: 'hosts', names: ['d1', 'd2'] },
    { words: ['status'], key: 'hosts', names: ['d1', 'd2'] },
    { words: ['doctor'], key: 'findings', names: [] },
    { words: ['binhost', 'check', '--deep'], key: 'findings', names: [] },
  ])('swarm $words -o json has $key: $names, each with a status', async ({ words, key, names }) => {
    const { exit, json } = await project.json(...words);
    const list = (json as unknown as Record<string, readonly Record<string, unknown>[]>)[key] ?? [];
    expect([exit, list.map((one) => one['name'] ?? one['id'])]).toEqual([0, names]);
    for (const { status } of list) expect(status).toEqual(expect.stringMatching(NAME));
  });

  test.concurrent.each([{ words: ['status'] }, { words: ['runs', 'list'] }, { words: ['runs'] }])(
    'swarm $words -o json has the runs, each with an id and a status',
    async ({ words }) => {
      const { exit, json } = await project.json(...words);
      const runs = (json as unknown as { readonly runs: readonly Record<string, unknown>[] }).runs;
      expect(exit).toBe(0);
      expect(runs).toContainEqual(expect.objectContaining({ id: built.json.run, status: 'ok' }));
      for (const run of runs) expect(run['status']).toEqual(expect.stringMatching(NAME));
    },
  );

  test('swarm binhost status -o json has the packages, each with a status', async () => {
    const { exit, json } = await project.json('binhost', 'status');
    const packages = (json as unknown as { readonly packages: readonly Record<string, unknown>[] }).packages;
    expect([exit, packages.map((one) => one['name'] ?? one['id'])]).toEqual([0, expect.arrayContaining(['demo-libs/zip-1.3.1'])]);
    for (const { status } of packages) expect(status).toEqual(expect.stringMatching(NAME));
  });

  test('hosts verify proves every route, and names who answered', async () => {
    const { exit, json } = await project.json('hosts', 'verify');
    const hosts = json.hosts as unknown as { name: string; status: string; routes: { route: string; status: string; machine: string }[] }[];
    expect([exit, hosts.map(({ name, status }) => `${name} ${status}`)]).toEqual([0, ['d1 proven', 'd2 proven']]);
    expect(hosts.flatMap(({ routes }) => routes.map(({ status, machine }) => `${status} ${machine}`))).toEqual([
      'proven d1',
      'proven d2',
      'proven d2',
    ]);
    expect(hosts[0]?.routes[0]?.route).toBe(`local 127.0.0.1:${project.drone('d1').port}`);
  });

  test('hosts show --facts asks the host', async () => {
    const { exit, json } = await project.json('hosts', 'show', 'd1', '--facts');
    expect([exit, json.hosts[0]]).toEqual([
      0,
      expect.objectContaining({ facts: expect.objectContaining({ arch: expect.any(String), load: expect.any(Number) }) }),
    ]);
  });

  test('schemas are JSON Schemas', async () => {
    for (const name of ['inventory', 'playbook', 'tasks', 'vars', 'events', 'result']) {
      const { exit, stdout } = await project.swarm('schema', name);
      expect([name, exit, JSON.parse(stdout)]).toEqual([
        name,
        0,
        expect.objectContaining({ $schema: expect.stringContaining('json-schema') }),
      ]);
      // \p{..} and \u{..} are unknown to the regular expressions of Python, and to those of JavaScript without a flag.
      const patterns = [...stdout.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(([, text = '']): string => JSON.parse(text));
      expect([name, patterns.filter((pattern) => /\\[pPu]\{/.test(pattern))]).toEqual([name, []]);
    }
  });
});

describe('a command line', () => {
  test.concurrent.each([
    [['hosts', 'verify', 'd3'], 'SW1203', /d1|d2/],
    [['hosts', 'show', 'd3'], 'SW1203', /d1|d2/],
    [['exec', 'drons', '--', 'true'], 'SW1203', /drones/],
    [['run', 'biuld', 'a/b'], 'SW1203', /build/],
    [['runs', 'show', 'nosuchrun'], 'SW1203', /swarm runs list/],
    [['runs', 'watch', 'nosuchrun'], 'SW1203', /swarm runs list/],
    [['runs', 'logs', 'last', 'd9'], 'SW1203', /d1/],
    [['modules', 'copi'], 'SW1203', /copy/],
    [['explain', 'SW9999'], 'SW1203', /nearest codes are SW\d{4}, SW\d{4}, SW\d{4}\./],
    [['schema', 'inventry'], 'SW1203', /inventory/],
    [['statsu'], 'SW1203', /swarm status/],
    [['hosts', 'verfy'], 'SW1203', /swarm hosts verify/],
    [['hosts', 'drons'], 'SW1203', /drones/],
    [['runs', 'shw', 'last'], 'SW1203', /swarm runs show/],
    [['runs', 'nothing', 'like', 'it'], 'SW1203', /Use one of: list, show/],
    [['binhost', 'chek'], 'SW1203', /swarm binhost check/],
    [['hosts', 'list', 'a', 'b'], 'SW1202', /arguments/],
    [['hosts', 'list', '--outptu', 'json'], 'SW1202', /--output/],
    [['hosts', 'list', '-o', 'yaml'], 'SW1202', /json/],
    [['hosts', 'show'], 'SW1202', /name/],
    [['exec', 'd1'], 'SW1202', /command/],
    [['exec', 'd1', 'd2', '--', 'true'], 'SW1202', /swarm exec d1,d2 -- true/],
    [['exec', 'd1', 'a | b'], 'SW1202', /swarm exec d1 --shell -- 'a \| b'/],
    [['run', 'build', 'demo-libs/zip', '--dep'], 'SW1202', /--deep/],
    [['help', 'hosst'], 'SW1203', /swarm hosts/],
    [['run', 'push', '-f', 'many'], 'SW1202', /number|many/],
    [['run', 'build', 'demo-libs/zip', '-l', 'd3'], 'SW1203', /d1|d2/],
    [['run', 'build', 'demo-libs/zip', '-e', 'packges=x'], 'SW1205', /packages/],
    [['run', 'build', 'demo-libs/zip', '--exclude', 'demo-libs/zip'], 'SW1205', /Leave out one of both/],
    [['run', 'build', 'demo-libs/zip', '--options=with-test-deps'], 'SW1205', /--options=--with-test-deps/],
    [['run', 'build', '--plan', 'none.json'], 'SW1205', /swarm run build --check --plan none.json/],
    [['run', 'build', 'demo-libs/zip', '--check', '--plan', 'none/new.json'], 'SW1205', /no folder/],
    [['hosts', 'block', 'd3', '--reason', 'x', '--until', '2d'], 'SW1203', /d1|d2/],
    [['hosts', 'unblock', 'd3'], 'SW1203', /d1|d2/],
    [['hosts', 'ssh', 'd3', 'true'], 'SW1203', /d1|d2/],
    [['hosts', 'trust', 'd3'], 'SW1203', /d1|d2/],
    [['doctor', 'd3'], 'SW1203', /d1|d2/],
    [['binhost', 'rollback', '999'], 'SW1203', /generation/],
  ] as const)('swarm %s: exit 5, %s on stderr, nothing on stdout', async (words, code, hint) => {
    const { exit, stdout, stderr } = await project.swarm(...words);
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toContain(code);
    expect(stderr).toMatch(hint);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test('options stand before or after the command word, and -C names a project from anywhere', async () => {
    const outside = join(project.dir, '..');
    const lists = await Promise.all([
      runSwarm(outside, ['-C', project.dir, '-o', 'json', 'hosts', 'list', '-l', 'd2']),
      runSwarm(outside, ['hosts', '-C', project.dir, '-l', 'd2', 'list', '-o', 'json']),
      runSwarm(outside, ['-l', 'd2', 'hosts', 'list', '-o', 'json', '--directory', project.dir]),
      runSwarm(join(project.dir, 'files/push'), ['hosts', 'list', '-o', 'json', '-l', 'd2']), // found by walking up
      runSwarm(outside, ['hosts', 'list', '-o', 'json', '-l', 'd2', '-C', project.dir, '-i', join(project.dir, 'inventory/swarm.yml')]),
    ]);
    for (const { exit, stdout } of lists) {
      expect([exit, JSON.parse(stdout || '{}').hosts?.map(({ name }: { name: string }) => name)]).toEqual([0, ['d2']]);
    }
  });

  test('help names every command, and that of a playbook its args', async () => {
    const { exit, stdout, stderr } = await project.swarm('--help');
    expect([exit, stderr]).toEqual([0, '']);
    for (const word of 'run push exec check hosts status doctor runs binhost init lab schema completion modules explain'.split(' ')) {
      expect(stdout).toMatch(new RegExp(`^ +${word}\\b`, 'm'));
    }
    const helps = await Promise.all([
      project.swarm('run', 'build', '--help'),
      project.swarm('run', '--help', 'build'),
      project.swarm('run', 'build', '-h'),
      runSwarm('/', ['run', 'build', '--help']), // also without a project
    ]);
    for (const help of helps) {
      expect([help.exit, help.stderr]).toEqual([0, '']);
      expect(help.stdout).toMatch(/packages +Package atoms or sets/);
    }
    const nothing = await project.swarm();
    expect([nothing.exit, nothing.stdout]).toEqual([0, stdout]);
  });

  test.concurrent.each([[['exec']], [['hosts', 'trust']], [['hosts']], [['run']], [['runs', 'logs']], [['status']]])(
    'swarm help %s prints the page of --help',
    async (words) => {
      const [page, same] = [await project.swarm('help', ...words), await project.swarm(...words, '--help')];
      expect([page.exit, page.stdout]).toEqual([0, same.stdout]);
      expect(page.stdout).toMatch(new RegExp(`^Usage: swarm ${words.join(' ')} `));
      expect(page.stdout).toContain('Global options:');
    },
  );

  test('an arg that a playbook declares is an option of its run', async () => {
    const wanted = ['--list-hosts', '-o', 'json'];
    const spaced = await project.swarm('run', 'reboot', '--hosts', 'd2', ...wanted);
    const joined = await project.swarm('run', 'reboot', '--hosts=d2', ...wanted);
    expect([spaced.exit, JSON.parse(spaced.stdout)]).toEqual([
      0,
      expect.objectContaining({ plays: [expect.objectContaining({ hosts: ['d2'] })] }),
    ]);
    expect(joined.stdout).toBe(spaced.stdout);
  });

  test('--list-hosts and --list-tasks touch no host', async () => {
    const before = project.drones.map(({ commands }) => commands.length);
    const hosts = await project.json('run', 'build', 'demo-libs/zip', '--list-hosts', '-l', 'd1');
    expect(hosts.json).toMatchObject({
      plays: [
        { name: 'Plan', hosts: ['d1'] },
        { name: 'Build', hosts: ['d1'] },
      ],
    });
    const tasks = await project.json('run', 'build', 'demo-libs/zip', '--list-tasks');
    expect(tasks.json).toMatchObject({ plays: [{ name: 'Plan', tasks: [{ module: 'emerge_plan' }] }, { tasks: [{}, {}, {}] }] });
    const rendered = await project.json('run', 'reboot', '--list-hosts', '-e', 'hosts=d2');
    expect(rendered.json).toMatchObject({ plays: [{ hosts: ['d2'] }] });
    expect(project.drones.map(({ commands }) => commands.length)).toEqual(before);
  });

  test('a tag, a playbook or a file that matches nothing is exit 5; help has the name as it is typed', async () => {
    expect((await project.swarm('run', 'sync', '-t', 'nope')).exit).toBe(5);
    expect((await project.swarm('run', 'nope', '--help')).exit).toBe(5);
    expect((await project.swarm('check', 'nope.yml')).exit).toBe(5);
    expect((await project.swarm('run', 'sync', '--help')).stdout).toContain('Usage: swarm run sync');
  });

  test('exec prints host and line, keeps the command as it is, and answers 2 when it failed', async () => {
    const { exit, stdout } = await project.swarm('exec', 'drones', '--', 'echo', 'a  b', '$HOME', "it's");
    expect([exit, stdout.trimEnd().split('\n').sort()]).toEqual([0, ["d1 │ a  b $HOME it's", "d2 │ a  b $HOME it's"]]);
    expect((await project.swarm('exec', 'd1', '--', 'false')).exit).toBe(2);
    const shell = await project.swarm('exec', 'd1', '--shell', '--', 'echo one; echo two >&2; exit 3');
    expect([shell.exit, shell.stdout]).toEqual([2, 'd1 │ one\nd1 │ two\n']);
  });

  test('check validates without touching a host', async () => {
    const before = project.drones.map(({ commands }) => commands.length);
    expect((await project.swarm('check')).exit).toBe(0);
    expect(project.drones.map(({ commands }) => commands.length)).toEqual(before);
  });

  test('check -o sarif prints each problem with its place; no other command prints SARIF', async () => {
    project.writeFile('playbooks/broken.yml', 'plays:\n  - hosts: d1\n    tasks: []\n    taks: 1\n');
    const checked = await project.swarm('check', 'playbooks/broken.yml', '-o', 'sarif');
    expect(checked.exit).toBe(6);
    const artifactLocation = { uri: 'playbooks/broken.yml', uriBaseId: 'PROJECT' };
    expect(JSON.parse(checked.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            {
              ruleId: 'SW1104',
              locations: [{ physicalLocation: { artifactLocation, region: { startLine: 4, startColumn: 5, endColumn: 9 } } }],
            },
          ],
        },
      ],
    });
    const hosts = await project.swarm('hosts', '-o', 'sarif');
    expect(hosts).toMatchObject({ exit: 5, stdout: '', stderr: expect.stringContaining('Only swarm check prints SARIF') });
  });

  test('init makes a project that is valid, and never over one that is there', async () => {
    const dir = join(project.dir, '../fresh');
    expect((await runSwarm(project.dir, ['init', dir])).exit).toBe(0);
    expect(existsSync(join(dir, 'inventory/swarm.yml'))).toBe(true);
    expect((await runSwarm(dir, ['check'])).exit).toBe(0);
    const text = readFileSync(join(dir, 'inventory/swarm.yml'), 'utf8');
    await runSwarm(project.dir, ['init', dir]);
    expect(readFileSync(join(dir, 'inventory/swarm.yml'), 'utf8')).toBe(text);
  });

  test('modules, explain and completion answer', async () => {
    expect((await project.swarm('modules')).stdout).toMatch(/^emerge_plan /m);
    expect((await project.swarm('modules', 'copy')).stdout).toMatch(/dest/);
    expect((await project.swarm('explain', 'SW3001')).stdout).toMatch(/route/);
    for (const shell of ['bash', 'zsh', 'fish']) expect((await project.swarm('completion', shell)).stdout).toMatch(/swarm/);
  });
});

describe('a dry run', () => {
  test('changes nothing, and says with --detailed-exitcode that changes are pending: exit 3', async () => {
    const target = join(project.drone('d1').dir, 'etc/swarm/motd');
    expect((await project.swarm('push', '--check')).exit).toBe(0);
    const pending = await project.json('push', '--check', '--detailed-exitcode');
    expect([pending.exit, pending.json.exit, pending.json.status]).toEqual([3, 3, 'ok']);
    expect(existsSync(target)).toBe(false);
    expect((await project.swarm('push')).exit).toBe(0);
    expect((await project.swarm('push', '--check', '--detailed-exitcode')).exit).toBe(0);
    expect(readFileSync(target, 'utf8')).toBe('Rolled out by swarm push.\n');
  });

  test('of a build publishes nothing', async () => {
    const before = published(project.dir);
    const { exit, json } = await project.json('run', 'build', 'demo-app/fetch', '--check');
    expect([exit, json.published]).toEqual([0, []]);
    expect(published(project.dir)).toEqual(before);
  });
});
