import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sshdProgram } from '../../machines/sshd.ts';
import { type SshdFleet, startSshdFleet } from '../../machines/sshd-fleet.ts';
import { runSwarmJson } from '../run-program.ts';

/** A push over real OpenSSH whose link dies at the switch: the host comes back by itself. */
describe.skipIf(sshdProgram === undefined)('the link dies at the switch', () => {
  let hosts: SshdFleet;
  beforeAll(async () => {
    hosts = await startSshdFleet(2);
    mkdirSync(join(hosts.project, 'playbooks'));
    writePlaybook('60s');
    writeSource('old');
    expect((await push()).exit).toBe(0);
  });
  afterAll(() => hosts[Symbol.asyncDispose]());

  /** The service of a host that has the pipe `hold` runs, and is not done before something was written into the pipe. */
  function writePlaybook(confirm: string): void {
    writeFileSync(
      join(hosts.project, 'playbooks/push.yml'),
      `plays:
  - name: Push
    hosts: drones
    serial: [1, "100%"]
    any_errors_fatal: true
    tasks:
      - push:
          trees: [{ source: set/, dest: "{{ facts.home }}/set" }]
          services: [{ command: [sh, -c, 'cp "$1/set/a" "$1/running"; [ ! -p "$1/hold" ] || cat "$1/hold"', sh, "{{ facts.home }}"] }]
          confirm: ${confirm}
`,
    );
  }

  const hold = (): void => void execFileSync('mkfifo', [fileOf(0, 'hold')]);
  const goOn = (): void => {
    writeFileSync(fileOf(0, 'hold'), 'go on\n');
    rmSync(fileOf(0, 'hold'));
  };

  function writeSource(text: string): void {
    mkdirSync(join(hosts.project, 'files/set'), { recursive: true });
    writeFileSync(join(hosts.project, 'files/set/a'), text);
  }
  const push = () => runSwarmJson(hosts.project, ['push']);
  const fileOf = (at: number, path: string): string => join(hosts.machines[at]?.home ?? '', path);
  const running = (at: number): string => (existsSync(fileOf(at, 'running')) ? readFileSync(fileOf(at, 'running'), 'utf8') : '');
  const untilRunning = async (text: string): Promise<void> => {
    while (running(0) !== text) await wait(20);
  };

  test('it stays away: the host puts the old tree back, the push says so, and nobody else is pushed to', async () => {
    writePlaybook('6s');
    writeSource('new');
    hold();
    const pushed = push();
    await untilRunning('new');
    await hosts.machines[0]?.stop();
    goOn();
    await untilRunning('old');
    await hosts.machines[0]?.start();
    const { exit, json } = await pushed;
    expect([exit, json.errors[0]?.code, json.errors[0]?.message]).toEqual([
      8,
      'SW6030',
      expect.stringContaining('did not confirm within 6 s'),
    ]);
    expect([readFileSync(fileOf(0, 'set/a'), 'utf8'), running(1)]).toEqual(['old', 'old']);
  });

  test('it is back in time: the new tree stays, confirmed over the new connection', async () => {
    writePlaybook('60s');
    writeSource('newer');
    hold();
    const pushed = push();
    await untilRunning('newer');
    await hosts.machines[0]?.stop();
    await hosts.machines[0]?.start();
    goOn();
    expect((await pushed).exit).toBe(0);
    expect([running(0), running(1), readFileSync(fileOf(1, 'set/a'), 'utf8')]).toEqual(['newer', 'newer', 'newer']);
  });
});
