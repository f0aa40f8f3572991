import { expect, test, vi } from 'vitest';
import { explainCommand } from '../../../src/cli/reference/explain-code.ts';

test.each([
  ['web1', 'makeopts', 'For a variable write: swarm explain vars makeopts --host web1'],
  ['makeopts', undefined, 'For a variable write: swarm explain vars NAME'],
  ['OWN0001X001', undefined, 'It may come from a module of your project: grep -r OWN0001X001 modules/'],
])('swarm explain %s %s, which is no code, says what to type', async (code, name, hint) => {
  await expect(explainCommand(code, name, {} as never)).rejects.toMatchObject({ code: 'SW1203', hint });
});

test.each(['SW3001', 'sw3001', '3001'])('swarm explain %s explains SW3001', async (code) => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  await explainCommand(code, undefined, { output: 'json' } as never);
  const [text] = write.mock.calls[0] ?? [];
  write.mockRestore();
  expect(JSON.parse(String(text))).toMatchObject({ id: 'SW3001' });
});
