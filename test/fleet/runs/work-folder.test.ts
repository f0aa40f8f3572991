import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { findWorkFolder } from '../../../src/fleet/runs/work-folder.ts';
import { started } from '../../journal/run-events.ts';
import { GONE, temporaryProject, writeRun } from './written-run.ts';

const output = (host: string, line: string): RunEventData => ({
  ...{ type: 'task.output', host, task: '0.0', item: 'app-misc/jq-1.7', stream: 'stdout', lines: [line] },
});

test('the last folder that the build of the item left on the host is found', async () => {
  using project = temporaryProject();
  await writeRun(
    project,
    'k3f9',
    started(GONE),
    output('d1', '>>> swarm: kept the work folder /var/tmp/portage/a'),
    output('d1', '>>> swarm: kept the work folder /var/tmp/portage/b'),
  );
  expect(findWorkFolder(project, 'd1', 'last/app-misc/jq-1.7')).toBe('/var/tmp/portage/b');
});

test('a folder on another host is named', async () => {
  using project = temporaryProject();
  await writeRun(project, 'k3f9', started(GONE), output('d2', '>>> swarm: kept the work folder /var/tmp/portage/a'));
  expect(() => findWorkFolder(project, 'd1', 'k3f9/app-misc/jq-1.7')).toThrow(
    expect.objectContaining({ code: 'SW1202', hint: expect.stringContaining('swarm hosts ssh d2 --build k3f9/app-misc/jq-1.7') }),
  );
  expect(() => findWorkFolder(project, 'd1', 'k3f9/other')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('--keep-failed') }),
  );
});
