import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/index.ts';
import { type SwitchLink, watchSwitchLink } from '../../../src/sdk/push/switch/switch-link.ts';
import { createLocalHost } from '../../modules/local-host.ts';

/** A host that is away during a switch. */
const remote = createLocalHost('/');
const start = (confirmSeconds: number): SwitchLink => watchSwitchLink(remote, { confirmSeconds, longestMs: 300_000 });
const lost = async (): Promise<never> => {
  throw new SwarmError('SW2001', 'no route');
};
/** Fails once, then never ends: the host swallows what is sent. */
function swallowing(): () => Promise<never> {
  let calls = 0;
  return () => (calls++ === 0 ? lost() : new Promise<never>(() => undefined));
}

describe('swarm waits for a host that stays away as long as the host waits itself', () => {
  test.each([
    ['refuses connections', () => lost],
    ['swallows what is sent', swallowing],
  ])('it %s', async (_, away) => {
    const begin = performance.now();
    await expect(start(1).reach(away())).rejects.toMatchObject({
      code: 'SW2005',
      message: expect.stringMatching(/within 1 s, the time of confirm, so it keeps the old tree/),
      hint: expect.stringContaining('swarm push --check -l drone'),
    });
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test('once the confirmation was sent, the error names both trees', async () => {
    const link = start(1);
    link.markConfirmed();
    await expect(link.reach(lost)).rejects.toThrow('it has the new tree, or goes back to the old one');
  });
});

test('a push goes on with a host that is back in time', async () => {
  let calls = 0;
  const work = async (): Promise<string> => (calls++ === 0 ? lost() : 'here');
  expect(await start(20).reach(work)).toBe('here');
});

test('an error of the host itself is not tried again', async () => {
  const full = async (): Promise<never> => {
    throw new SwarmError('SW6008', 'full');
  };
  await expect(start(20).reach(full)).rejects.toMatchObject({ code: 'SW6008' });
});
