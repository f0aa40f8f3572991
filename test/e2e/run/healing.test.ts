import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { type MachineName, namespacesProblem, type Site, startSite } from '../../machines/namespaces.ts';
import { createSiteProject, type SiteProject } from '../../machines/site-project.ts';
import { createLabProject, journalOf, type LabProject } from '../lab-project.ts';

/** A drone is ill until it restarts: the file has the start of the PID 1 with which it is ill. */
const WORK = `import { defineModule, SwarmError, z } from 'build-swarm';

export default defineModule({
  summary: 'Work that an ill host cannot do',
  args: z.strictObject({ item: z.string() }),
  example: 'work: { item: one }\\n',
  async *run(probe) {
    const ill = '[ "$(cat ~/ill 2>/dev/null)" = "$(cut -d " " -f 22 /proc/1/stat)" ]';
    const { exit } = await probe.query({ argv: ['sh', '-c', 'sleep 0.3; ' + ill] });
    if (exit === 0) throw new SwarmError('SW6011', 'the host is ill');
    return {};
  },
});
`;
const itemList = (length: number): string => JSON.stringify(Array.from({ length }, (_, index) => `i${index}`));
const playbook = (items: number): string => `plays:
  - name: Work
    hosts: drones
    queue: { items: '${itemList(items)}', id: item, attempts: 6 }
    tasks: [ { work: { item: "{{ item }}" } } ]
`;
const HEAL = ', heal: [clean, restart: [sshd], reboot]';
const healEvents = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'heal.started') return [`${event.host} ${event.step}`];
    if (event.type === 'heal.finished') return [`${event.host} ${event.step} ${event.outcome}`];
    return event.type === 'heal.skipped' || event.type === 'host.setAside' ? [`${event.host} ${event.type}`] : [];
  });

/** The author's two sites: LAN B is behind a gateway, whose address in LAN A is what its drones seem to have. */
describe.skipIf(namespacesProblem !== undefined)('healing on two sites', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
    // its leftovers are looked for in its home folder: all machines share the disk of this one
    for (const { home } of Object.values(site.machines))
      writeFileSync(join(dirname(home), 'bin/portageq'), `#!/bin/sh\necho ${home}/root\n`, { mode: 0o755 });
  });
  afterAll(() => site[Symbol.asyncDispose]());
  let project: SiteProject;
  let told: string;
  beforeEach(async () => {
    project = await createSiteProject(site);
    told = join(project.dir, 'told');
    await project.writeProjectFile('work.yml', playbook(24));
    mkdirSync(join(project.dir, 'modules'));
    await project.writeProjectFile('modules/work.ts', WORK);
    return () => project[Symbol.asyncDispose]();
  });
  const started = async (name: MachineName): Promise<string> =>
    (await site.runOn(name, ['cut', '-d', ' ', '-f', '22', '/proc/1/stat'])).out.trim();
  const startAll = (): Promise<readonly string[]> =>
    Promise.all((['gateway', 'unraid', 'drone-izar', 'drone-tarn', 'drone-meridian'] as const).map(started));
  const makeIll = async (name: Exclude<MachineName, 'orchestrator'>): Promise<void> =>
    writeFileSync(join(site.machines[name].home, 'ill'), await started(name));
  const tell = async (): Promise<void> => {
    const inventory = join(project.dir, 'inventory/swarm.yml');
    const script = `echo "$SWARM_TITLE" >> ${told}`;
    writeFileSync(inventory, `${readFileSync(inventory, 'utf8')}notify: [ { command: [sh, -c, '${script}'], on: [healed, aside] } ]\n`);
  };
  const run = () => project.swarm('run', join(project.dir, 'work.yml'));

  test('an ill drone is cleaned, its services are restarted, it is rebooted, and it works again; once in the waiting time', async () => {
    await project.writeInventory({}, { 'drone-tarn': HEAL });
    await project.writeProjectFile('work.yml', playbook(60)); // enough for what comes after the reboot
    await tell();
    await makeIll('drone-tarn');
    const before = await startAll();
    const { exit, out, err } = await run();
    expect(exit, out + err).toBe(0);
    const events = journalOf(project.dir);
    expect(healEvents(events)).toEqual([
      ...['drone-tarn clean', 'drone-tarn clean healed'],
      ...['drone-tarn restart', 'drone-tarn restart failed'], // no init of ours runs there
      ...['drone-tarn reboot', 'drone-tarn reboot healed'],
    ]);
    const after = await startAll();
    expect(Number(after[3])).toBeGreaterThan(Number(before[3]));
    expect(after.filter((each, index) => each !== before[index])).toHaveLength(1);
    const rebooted = events.findIndex(({ type }) => type === 'host.rebooted');
    const rules = events.find((event) => event.type === 'guard.passed' && event.task === 'heal.reboot');
    expect(rules).toMatchObject({ rules: expect.arrayContaining(['every route clean', 'quorum kept', 'budget left', 'one at a time']) });
    expect(events.slice(rebooted).some((event) => event.type === 'item.finished' && event.host === 'drone-tarn')).toBe(true);
    expect(readFileSync(told, 'utf8').trim().split('\n')).toEqual(['drone-tarn was healed: cleaned', 'drone-tarn was healed: rebooted']);
    const status = JSON.parse((await project.swarm('status', '-o', 'json')).out);
    const tarn = status.hosts.find(({ name }: { name: string }) => name === 'drone-tarn');
    expect(tarn.healing).toMatchObject([{ step: 'clean' }, { step: 'restart', status: 'failed' }, { step: 'reboot', status: 'healed' }]);

    await makeIll('drone-tarn');
    const again = await run();
    expect(again.exit, again.out + again.err).toBe(0);
    expect(healEvents(journalOf(project.dir))).toEqual(['drone-tarn heal.skipped', 'drone-tarn host.setAside']);
    expect(await startAll()).toEqual(after);
  });

  test.each([
    ['first', '{ local: 10.42.0.199 }, { tailscale: 100.64.0.3 }'],
    ['last', '{ tailscale: 100.64.0.3 }, { local: 10.42.0.199 }'],
  ])('where the %s route of the drone leads to the gateway, healing touches neither', async (_, routes) => {
    await project.writeInventory({ 'drone-tarn': routes, gateway: '{ local: 192.168.20.1 }' }, { 'drone-tarn': HEAL });
    await tell();
    await makeIll('drone-tarn');
    const before = await startAll();
    const { exit, out, err } = await run();
    expect(exit, out + err).toBe(0); // the others did the work
    expect(healEvents(journalOf(project.dir))).toEqual(['drone-tarn clean', 'drone-tarn clean refused', 'drone-tarn host.setAside']);
    expect(out + err).toContain('its route local 10.42.0.199:22 leads to gateway');
    expect(await startAll()).toEqual(before);
    expect(readFileSync(told, 'utf8')).toContain('drone-tarn is set aside: it could not be healed (clean)');
  });

  test('where the only route of the drone leads to the gateway, it gets no items and is not healed', async () => {
    await project.writeInventory({ 'drone-tarn': '{ local: 10.42.0.199 }', gateway: '{ local: 192.168.20.1 }' }, { 'drone-tarn': HEAL });
    await makeIll('drone-tarn');
    const before = await startAll();
    const { exit, out, err } = await run();
    expect(exit, out + err).toBe(7);
    expect(healEvents(journalOf(project.dir))).toEqual([]);
    expect(await startAll()).toEqual(before);
  });

  test('a drone through which another one is reached is not healed', async () => {
    const behind = '{ jump: { via: drone-tarn, address: 192.168.20.77 } }';
    await project.writeInventory({ 'drone-meridian': behind }, { 'drone-tarn': HEAL });
    await makeIll('drone-tarn');
    const before = await startAll();
    const { exit, out, err } = await run();
    expect(exit, out + err).toBe(0);
    expect(out + err).toContain('not healed: it is protected: it is a jump host');
    expect(await startAll()).toEqual(before);
  });
});

/** The drones of a lab are this very machine. */
describe('in a lab', () => {
  let lab: LabProject;
  beforeAll(async () => {
    lab = await createLabProject(3);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test('the machine that swarm runs on is not healed, by whatever name it is reached; its items go to others', async () => {
    const inventory = join(lab.dir, 'inventory/swarm.yml');
    writeFileSync(inventory, readFileSync(inventory, 'utf8').replace('  d2:\n', `  d2:\n    heal: [clean, restart: [sshd], reboot]\n`));
    const { dir } = lab.drone('d2');
    const [, start] = /\) \S+(?: \S+){18} (\d+)/.exec(readFileSync('/proc/1/stat', 'utf8')) ?? [];
    writeFileSync(join(dir, 'home/ill'), start ?? '');
    lab.writeFile('modules/work.ts', WORK);
    lab.writeFile('work.yml', playbook(24));
    for (const program of ['reboot', 'systemctl', 'rc-service'])
      writeFileSync(join(dir, 'bin', program), `#!/bin/sh\ntouch ${dir}/rebooted\n`, { mode: 0o755 });
    const { exit, json } = await lab.json('run', join(lab.dir, 'work.yml'));
    expect(exit, JSON.stringify(json, null, 1)).toBe(0); // the others did the work
    expect(json).toMatchObject({ healing: [{ host: 'd2', step: 'clean', status: 'refused' }] });
    expect(existsSync(join(dir, 'rebooted'))).toBe(false);
    expect(healEvents(journalOf(lab.dir))).toEqual(['d2 clean', 'd2 clean refused', 'd2 host.setAside']);
    const refused = journalOf(lab.dir).find((event) => event.type === 'heal.finished');
    expect(refused).toMatchObject({ error: { code: 'SW3002', message: expect.stringContaining('localhost') } });
  });
});
