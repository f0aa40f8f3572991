import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.ts';
import { defaultTarget } from '../../src/core/inventory/target.ts';
import { moduleSource } from '../../src/engine/module-source.ts';
import { runPlaybook } from '../../src/engine/run.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { readRunState } from '../../src/journal/read-journal.ts';
import { parsePlaybook } from '../../src/language/playbook/read-playbook.ts';
import { connect } from '../../src/remote/connect/connect.ts';
import { readSshConfig } from '../../src/remote/ssh-config/ssh-config.ts';
import { fleetProbeOver } from './fleet.ts';
import { hostNamed, Machine } from './machine.ts';
import { plainState } from './plain-state.ts';

/** A module that runs a detached job and says what it printed. */
const JOB = `import { defineModule, z } from 'build-swarm';
export default defineModule({
  summary: 'a job', args: z.strictObject({ text: z.string() }), freeForm: 'text', example: '',
  async *run(probe, { text }: { text: string }) {
    let log = '';
    yield { verb: 'run' as const, subject: 'job', apply: async (remote) => {
      const id = remote.jobId;
      if ((await remote.jobs.status(id)).state === 'absent') await remote.jobs.start(id, { argv: ['sh', '-c', text] });
      for await (const { bytes } of remote.jobs.follow(id, 0)) {
        log += new TextDecoder().decode(bytes);
        remote.emit({ type: 'task.output', stream: 'stdout', lines: [log] });
      }
      await remote.jobs.status(id);
      await remote.jobs.forget(id);
    } };
    return { log, job: probe.jobId };
  },
});
`;

let dir = '';
let home: string | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-engine-'));
  mkdirSync(join(dir, 'modules'));
  writeFileSync(join(dir, 'modules', 'job.ts'), JOB);
  home = process.env['HOME'];
  process.env['HOME'] = dir; // jobs live below the home of the login
});
afterEach(() => {
  if (home !== undefined) process.env['HOME'] = home;
  rmSync(dir, { recursive: true, force: true });
});

const { identity: _, ...here } = hostNamed('localhost', { groups: [], routes: [{ kind: 'here' }], protected: true });

async function runHere(yaml: string, id: string, listen: (event: RunEvent) => void = () => {}, signal = new AbortController().signal) {
  const modules = moduleSource(dir);
  const playbook = await parsePlaybook(join(dir, 'test.yml'), yaml, modules);
  await using journal = await openJournal(join(dir, 'runs'), id);
  journal.subscribe(listen);
  const reach = { hosts: [here], sshConfig: readSshConfig(join(dir, 'none')), revoked: () => false };
  const binhost = { path: join(dir, 'binhost') };
  const state = await runPlaybook(
    playbook,
    {},
    { check: false, diff: true, forks: 4, tags: [], skipTags: [] },
    {
      inventory: {
        dir,
        hosts: [here],
        groups: [],
        binhost,
        targets: [defaultTarget(binhost)],
        discover: { tailscale: false, networks: [] },
      },
      connect: (host, stop) => connect(host, reach, stop),
      fleetProbe: fleetProbeOver(() => new Machine(here)),
      modules,
      journal,
      paths: {
        run: journal.run,
        project: dir,
        staging: join(dir, 'stage'),
        binhost,
        targets: [defaultTarget(binhost)],
        files: [dir],
        templates: [dir],
      },
      signal,
    },
  );
  return { state, file: join(journal.dir, 'events.jsonl') };
}

test('a playbook runs on this machine, with the real modules and the real journal', async () => {
  const yaml = `
plays:
  - hosts: localhost
    tasks:
      - { name: ask, command: { argv: [printf, "%s", hello] }, register: said }
      - { name: put, copy: { content: "{{ said.stdout }} from {{ host.name }}", dest: "${dir}/greeting" }, notify: count }
      - { name: build, job: "echo one; echo two", register: built }
      - { name: log, copy: { content: "{{ built.log }}", dest: "${dir}/log" } }
    handlers:
      - { name: count, shell: "wc -c < {{quote file}}", vars: { file: "${dir}/greeting" } }
`;
  const { state, file } = await runHere(yaml, 'aaaa');
  expect(state.errors).toEqual([]);
  expect(state).toMatchObject({ status: 'ok', exit: 0 });
  expect(readFileSync(join(dir, 'greeting'), 'utf8')).toBe('hello from localhost');
  expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('one\ntwo\n');
  expect(readRunState(file)).toEqual(state);
  expect((await runHere(yaml, 'bbbb')).state.hosts.get('localhost')?.tally).toMatchObject({ ok: 2 }); // both files are as they should be
});

test('an interrupted job continues, and a resumed run collects it once', async () => {
  const yaml = `
plays:
  - hosts: localhost
    queue: { items: "[{'id': 'x'}]", id: item.id }
    tasks:
      - { name: build, job: "echo begun; cat ${dir}/gate; echo done >> ${dir}/count", register: built }
      - { name: log, copy: { content: "{{ built.log }}", dest: "${dir}/log" } }
`;
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(dir, 'gate')]);
  const stop = new AbortController();
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'task.output') stop.abort('SIGINT');
  };
  const first = await runHere(yaml, 'cccc', onEvent, stop.signal);
  expect(plainState(first.state)).toMatchObject({ status: 'interrupted', exit: 130, items: { x: { status: 'running' } } });
  expect(existsSync(join(dir, 'count'))).toBe(false);

  const opening = writeFile(join(dir, 'gate'), 'gate open\n'); // waits for its reader, which waits for it
  const second = await runHere(yaml, 'cccc');
  await opening;
  expect(plainState(second.state)).toMatchObject({ status: 'ok', items: { x: { status: 'published', attempts: 1 } } });
  expect(readFileSync(join(dir, 'count'), 'utf8')).toBe('done\n');
  expect(readFileSync(join(dir, 'log'), 'utf8')).toBe('begun\ngate open\n');
});
