import { expect, test } from 'vitest';
import { selectBuildable } from '../../../src/builds/client/buildable-atoms.ts';
import type { Command, HostName, Notice, Probe } from '../../../src/index.ts';

test('what a client names and is not an atom never reaches emerge, and is told', async () => {
  const told: Notice[] = [];
  const asked: Command[] = [];
  const drone = 'd1' as HostName;
  const query = async (command: Command) => {
    asked.push(command);
    return { exit: 1, stdout: '', stderr: '', ms: 1 }; // without an answer every atom stays
  };
  const probe = { host: { name: drone }, query, emit: (notice: Notice) => void told.push(notice) } as unknown as Probe;
  const atoms = ['app-misc/jq', '--config-root=/tmp/x', '-C', '!app-misc/jq', 'a/b c', '@world'];
  const wishes = atoms.map((atom) => ({ client: 'c1' as HostName, atom }));
  expect(await selectBuildable(probe, wishes, { drone, config: null, root: undefined })).toEqual(['app-misc/jq', '@world']);
  expect(asked.flatMap(({ argv }) => argv.slice(-2))).toEqual(['app-misc/jq', '@world']);
  expect(JSON.stringify(told)).toContain('c1 wants --config-root=/tmp/x, which is not built: it is not a package atom');
});
