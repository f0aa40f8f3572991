import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import serviceFacts from '../../../modules/services/service_facts.ts';
import timer from '../../../modules/services/timer.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule } from '../local-host.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-services-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** rc-service takes half a second: on a host with many services a call for each is most of a minute. */
test('the services of OpenRC are read with one call, as OpenRC 0.45 prints them', async () => {
  const remote = await withPrograms(
    dir,
    {
      'rc-status': `cat <<'END'
Service \`hwclock.sh' needs non existent service \`mountdevsubfs'
 procps                                                            [  stopped  ]
 sshd                                                 [  started 01:02:03 (0)  ]
 slp                                                               [  started  ]
 ntpd                                                              [  crashed  ]
END`,
      'rc-update': `printf '%20s | %s\\n' slp '     default' sshd 'boot default' procps '            '`,
      'rc-service': 'kill $PPID',
    },
    { facts: { init: 'openrc' } },
  );
  const { result } = await driveModule(serviceFacts.run(remote, {}), remote);
  const { services } = result as { readonly services: Readonly<Record<string, { readonly state: string; readonly status: string }>> };
  expect(Object.entries(services).map(([name, { state, status }]) => `${name} ${state} ${status}`)).toEqual([
    'ntpd stopped disabled',
    'procps stopped disabled',
    'slp running enabled',
    'sshd running enabled',
  ]);
  expect(remote.ran).toHaveLength(1);
});

test.each([
  [serviceFacts, {}, 'command: ps'],
  [timer, { name: 'sync', command: '/bin/true', on_calendar: 'daily' }, 'the cron module'],
] as const)('another init: the hint is of the module', async (module, args, hint) => {
  const remote = await withPrograms(dir, {}, { facts: { init: 'other' } });
  const done = driveModule((module as AnyModule).run(remote, module.args.parse(args)), remote);
  await expect(done).rejects.toMatchObject({ code: 'SW6011', hint: expect.stringContaining(hint) });
});
