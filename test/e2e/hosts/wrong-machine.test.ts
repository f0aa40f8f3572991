import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MachineName, namespacesProblem, type Site, startSite } from '../../machines/namespaces.ts';
import { createSiteProject, type SiteProject } from '../../machines/site-project.ts';
import { journalOf } from '../lab-project.ts';

/** The fault that this project was born from: LAN B is behind a gateway that masquerades, and what answers under a drone's
 *  reported address is the gateway. */
describe.skipIf(namespacesProblem !== undefined)('a reboot on two sites', () => {
  let site: Site;
  let project: SiteProject;
  beforeAll(async () => {
    site = await startSite();
    project = await createSiteProject(site);
  });
  afterAll(async () => {
    await project[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
  });
  const started = async (name: MachineName): Promise<string> =>
    (await site.runOn(name, ['cut', '-d', ' ', '-f', '22', '/proc/1/stat'])).out.trim();
  const gateway = 'local: 10.42.0.199';

  test('over the overlay it reboots the drone that was named, and every step is in the journal', async () => {
    await project.writeInventory();
    const [tarn, gate] = [await started('drone-tarn'), await started('gateway')];
    const { exit, out, err } = await project.swarm('run', 'reboot', '-l', 'drone-tarn');
    expect(exit, out + err).toBe(0);
    expect(Number(await started('drone-tarn'))).toBeGreaterThan(Number(tarn));
    expect(await started('gateway')).toBe(gate);
    const steps = journalOf(project.dir).filter(({ type }) => /^(guard|host\.reboot)/.test(type));
    expect(steps.map(({ type }) => type)).toEqual(['guard.passed', 'host.rebooting', 'host.rebooted']);
    expect(steps[0]).toMatchObject({ rules: expect.arrayContaining(['every route clean', 'quorum kept', 'one at a time']) });
  });

  test.each([
    ['its only route', `{ ${gateway} }`],
    ['its first route, the overlay after it', `{ ${gateway} }, { tailscale: 100.64.0.3 }`],
    ['its last route', `{ tailscale: 100.64.0.3 }, { ${gateway} }`],
  ])('with the address of the gateway as %s nothing is rebooted, and it is said who would have been', async (_, routes) => {
    // the gateway is known by the overlay alone, as the daemons of old knew it not at all
    await project.writeInventory({ 'drone-tarn': routes, gateway: '{ local: 192.168.20.1 }' });
    const before = await Promise.all((['drone-tarn', 'gateway'] as const).map(started));
    const { exit, out, err } = await project.swarm('run', 'reboot', '-l', 'drone-tarn');
    expect(exit, out + err).toBe(7);
    expect(out + err).toMatch(/SW3001/);
    expect(out + err).toMatch(/gateway answers|might have hit gateway/);
    expect(out + err).toMatch(/[Rr]emove or correct/);
    expect(await Promise.all((['drone-tarn', 'gateway'] as const).map(started))).toEqual(before);
  });

  test('ordinary work goes on over the route that is right; the wrong one is remembered until it is verified clean', async () => {
    await project.writeInventory({ 'drone-tarn': `{ ${gateway} }, { tailscale: 100.64.0.3 }`, gateway: '{ local: 192.168.20.1 }' });
    const work = await project.swarm('exec', 'drone-tarn', '--', 'hostname');
    expect([work.exit, work.out]).toEqual([0, expect.stringContaining('drone-tarn')]);
    const verified = await project.swarm('hosts', 'verify', '-o', 'json');
    expect(verified.exit).toBe(7);
    const tarn = JSON.parse(verified.out).hosts.find(({ name }: { name: string }) => name === 'drone-tarn');
    expect(tarn).toMatchObject({
      status: 'misdirected',
      routes: [
        { route: 'local 10.42.0.199:22', status: 'misdirected', machine: 'gateway' },
        { route: 'tailscale 100.64.0.3:22', status: 'proven' },
      ],
    });
    // nobody answers there now, which makes the route no better
    const closed = ['INPUT', '-p', 'tcp', '--dport', '22', '-j', 'REJECT', '--reject-with', 'tcp-reset'];
    await site.runOn('gateway', ['iptables', '-A', ...closed]);
    const cut = await project.swarm('run', 'reboot', '-l', 'drone-tarn');
    await site.runOn('gateway', ['iptables', '-D', ...closed]);
    expect(cut.exit, cut.out + cut.err).toBe(7);
    expect(cut.out + cut.err).toContain('when it last answered');
    // mended
    await project.writeInventory();
    const both = await project.swarm('hosts', 'verify', 'drone-tarn', 'drone-izar', '-o', 'json');
    expect(both.exit).toBe(0);
    expect(
      JSON.parse(both.out)
        .hosts.map(({ name }: { name: string }) => name)
        .sort(),
    ).toEqual(['drone-izar', 'drone-tarn']);
    const mended = await project.swarm('run', 'reboot', '-l', 'drone-tarn');
    expect(mended.exit, mended.out + mended.err).toBe(0);
  });

  test('jump hosts are protected, by whatever name they are reached; protected: false lifts that', async () => {
    const jump = '{ jump: { via: unraid, address: 192.168.20.196 } }';
    await project.writeInventory({ 'drone-tarn': jump });
    const before = await started('unraid');
    const refused = await project.swarm('run', 'reboot', '-e', 'hosts=unraid');
    expect(refused.exit, refused.out + refused.err).toBe(7);
    expect(refused.out + refused.err).toMatch(/SW3002[\s\S]*a jump host/);
    expect(await started('unraid')).toBe(before);
    await project.writeInventory({ 'drone-tarn': jump }, { unraid: ', protected: false' });
    expect((await project.swarm('run', 'reboot', '-e', 'hosts=unraid')).exit).toBe(0);
    expect(Number(await started('unraid'))).toBeGreaterThan(Number(before));
    const through = await project.swarm('run', 'reboot', '-l', 'drone-tarn');
    expect(through.exit, through.out + through.err).toBe(0);
  });

  test('/etc/swarm.protected on the machine wins over everything, and a quorum of drones stays', async () => {
    await project.writeInventory();
    const before = await started('drone-izar');
    await site.runOn('drone-izar', [
      'sh',
      '-c',
      'mount -t tmpfs none /srv; cp -a /etc /srv/etc; touch /srv/etc/swarm.protected; mount --bind /srv/etc /etc',
    ]);
    const refused = await project.swarm('run', 'reboot', '-l', 'drone-izar', '--allow-protected', 'drone-izar');
    expect(refused.exit, refused.out + refused.err).toBe(7);
    expect(refused.out + refused.err).toContain('/etc/swarm.protected');
    expect(await started('drone-izar')).toBe(before);
    await site.reboot('drone-izar');
    await project.writeInventory({}, { 'drone-izar': ', block: { reason: disk, until: 2099-01-01 }' });
    const few = await project.swarm('run', 'reboot', '-l', 'drone-tarn');
    expect([few.exit, few.out + few.err]).toEqual([
      7,
      expect.stringMatching(/drones would have 1 usable of 3 hosts, and needs 2 \(blocked: drone-izar\)/),
    ]);
  });

  test('whatever the command line says, a protected machine is neither rebooted nor cut off', async () => {
    await project.writeInventory({}, { gateway: ', protected: true' });
    const before = await started('gateway');
    const play = (task: string, hosts = 'gateway', more = ''): string =>
      `plays:\n  - hosts: ${hosts}\n    tasks:\n      - { ${task}${more} }\n`;
    await project.writeProjectFile('plain.yml', play('reboot: {}'));
    await project.writeProjectFile('delegate.yml', play('reboot: {}', 'drone-izar', ', delegate_to: gateway'));
    await project.writeProjectFile('shell.yml', play('shell: "sync; (sleep 1; /sbin/reboot) &"'));
    await project.writeProjectFile(
      'block.yml',
      'plays:\n  - hosts: gateway\n    tasks:\n      - block: [ { fail: { msg: x } } ]\n        rescue: [ { reboot: {} } ]\n',
    );
    const attempts: readonly (readonly string[])[] = [
      ...['plain', 'delegate', 'shell', 'block'].map((name) => ['run', join(project.dir, `${name}.yml`)]),
      ['run', 'reboot', '-e', 'hosts=gateway'],
      ['run', 'reboot', '-e', 'hosts=gateway', '--allow-protected', 'unraid'],
      ['run', join(project.dir, 'plain.yml'), '-e', 'allow_protected=gateway'],
      ...['reboot', '/sbin/poweroff -f', 'systemctl reboot', 'init 6'].map((text) => ['exec', 'gateway', '--', ...text.split(' ')]),
      ...['sync; reboot', 'sudo halt', 'nohup shutdown -r now &', 'sh -c "sleep 1; reboot"'].map((text) => [
        'exec',
        'gateway',
        '--shell',
        '--',
        text,
      ]),
    ];
    const ends = await Promise.all(attempts.map((words) => project.swarm(...words)));
    for (const [index, { exit, out, err }] of ends.entries())
      expect([5, 6, 7], `${attempts[index]?.join(' ')}\n${out}${err}`).toContain(exit);
    expect(ends.filter(({ exit }) => exit === 7).length).toBeGreaterThanOrEqual(attempts.length - 1);
    expect(await started('gateway')).toBe(before);
  });

  test('two runs at once take out one machine', async () => {
    await project.writeInventory();
    const runs = await Promise.all(
      ['drone-tarn', 'drone-meridian', 'drone-izar'].map((name) => project.swarm('run', 'reboot', '-l', name)),
    );
    const exits = runs.map(({ exit }) => exit);
    expect(exits.filter((exit) => exit === 0).length, JSON.stringify(runs, null, 1)).toBeGreaterThanOrEqual(1);
    expect(exits.filter((exit) => exit !== 0 && exit !== 7)).toEqual([]);
  });
});
