import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { defineModule, errorKind, type Probe, type Remote, SwarmError, z } from '../../src/index.ts';

const args = z.strictObject({
  timeout: z.number().int().min(10).max(3600).default(600).describe('Seconds until the host must be back'),
  drain: z.boolean().default(false).describe('Wait until running jobs end; else a running job refuses the reboot'),
  automatic: z.boolean().default(false).describe('No person requested it: at most one in 24 hours on a host'),
  test: z.array(z.string()).min(1).default(['true']).describe('A command that must succeed before the host counts as back'),
});

/** What tells one boot of a machine from the next; the start of PID 1 tells it for a container, whose boot_id is its kernel's. */
interface BootIdentity {
  readonly machineId: string;
  readonly bootId: string;
  readonly initStart: string;
}

/** A program of sh beside this file. */
const readScript = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

const STUCK_MS = 120_000;

export default defineModule({
  summary: 'Reboot the machine and wait until it is back; refused where it is not safe',
  args,
  returns: z.strictObject({ elapsed: z.int().describe('Seconds until the host was back') }),
  example: `reboot:
  timeout: 600
`,
  async *run(probe, { timeout, test, drain, automatic }) {
    const { boot, open } = await readBoot(probe);
    if (!open) throw protectedError(probe.host.name);
    const started = performance.now();
    yield {
      verb: 'run',
      subject: `reboot of ${probe.host.name}`,
      disruptive: true,
      restarts: true,
      drain,
      automatic,
      async apply(remote) {
        remote.emit({ type: 'host.rebooting', bootId: boot.bootId, initStart: boot.initStart });
        await orderReboot(remote, boot);
        await waitForReturn(remote, boot, timeout * 1000, test);
      },
    };
    return { elapsed: Math.round((performance.now() - started) / 1000) };
  },
});

async function readBoot(probe: Probe): Promise<{ readonly boot: BootIdentity; readonly open: boolean }> {
  const { exit, stdout } = await probe.query({ argv: ['sh', '-c', readScript('reboot-read.sh')], timeoutMs: 10_000 });
  const [machineId = '', bootId = '', initStart = '', open] = stdout.split('\n');
  if (exit !== 0 || bootId === '' || initStart === '')
    throw new SwarmError('SW6011', 'swarm cannot read from /proc which boot this is', { detail: stdout });
  return { boot: { machineId, bootId, initStart }, open: open === 'open' };
}

async function orderReboot(remote: Remote, { machineId, bootId, initStart }: BootIdentity): Promise<void> {
  const { exit, stderr } = await remote.exec({
    argv: ['sh', '-c', readScript('reboot-now.sh'), 'sh', machineId, bootId, initStart],
    timeoutMs: 10_000,
  });
  if (exit === 96) throw protectedError(remote.host.name);
  if (exit === 97)
    throw new SwarmError('SW3006', 'the host refused: it has rebooted since swarm read its boot', {
      hint: 'Run the playbook again.',
    });
  if (exit === 98)
    throw new SwarmError('SW3004', 'the host refused: its machine-id is not the one that swarm read before', {
      hint: `Another machine answers, or /etc/machine-id was written anew. Run: swarm hosts verify ${remote.host.name}`,
    });
  if (exit !== 0) throw new SwarmError('SW6001', `the reboot did not start: exit status ${exit}`, { detail: stderr });
}

const protectedError = (name: string): SwarmError =>
  new SwarmError('SW3002', 'the host refused: /etc/swarm.protected exists on it', {
    hint: `The owner of ${name} protects it. To allow this, remove the file on the machine itself.`,
  });

/** Waits for another boot of the same machine: a connection is made only to a machine that proves itself. */
async function waitForReturn(remote: Remote, before: BootIdentity, timeoutMs: number, test: readonly string[]): Promise<void> {
  const start = performance.now();
  for (let down = false; performance.now() - start < timeoutMs; ) {
    await wait(1000, undefined, { signal: remote.signal });
    remote.emit({ type: 'task.progress', phase: down ? 'down' : 'going down' });
    const now = await readBoot(remote).catch(undefinedWhileDown);
    if (now === undefined) down = true;
    else if (now.boot.bootId !== before.bootId || now.boot.initStart !== before.initStart) {
      const { bootId, initStart } = now.boot;
      remote.emit({ type: 'host.rebooted', bootId, initStart, ms: Math.round(performance.now() - start) });
      return runReadyTest(remote, test);
    } else if (performance.now() - start > STUCK_MS) {
      throw new SwarmError('SW6012', 'the host did not go down within two minutes of the reboot command', {
        hint: 'Check its console. swarm does not send the command again.',
      });
    }
  }
  throw new SwarmError('SW2001', `the host did not come back within ${timeoutMs / 1000} s`, {
    hint: 'Check its console. This run reboots no other host.',
  });
}

/** Not reachable is what a reboot looks like; anything else, another machine above all, ends the wait. */
function undefinedWhileDown(error: unknown): undefined {
  if (error instanceof SwarmError && errorKind(error.code).outcome === 'unreachable') return undefined;
  throw error;
}

async function runReadyTest(remote: Remote, test: readonly string[]): Promise<void> {
  const [program = 'true', ...rest] = test;
  const { exit, stderr } = await remote.query({ argv: [program, ...rest], timeoutMs: 60_000 });
  if (exit !== 0)
    throw new SwarmError('SW6012', `the host is back, but ${test.join(' ')} ended with exit status ${exit}`, { detail: stderr });
}
