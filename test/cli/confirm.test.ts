import { expect, test } from 'vitest';
import { requireConfirmation } from '../../src/cli/confirm.ts';

test('without a terminal nothing is asked: the error says so, and has the command that needs no question', async () => {
  const asked = requireConfirmation('Is d1 gone for good?', 'd1 is not recorded as gone', 'swarm hosts gone d1 --yes');
  await expect(asked).rejects.toMatchObject({
    code: 'SW1202',
    message: 'd1 is not recorded as gone: swarm asks before, and there is no terminal',
    hint: expect.stringContaining('To do it without a question, run: swarm hosts gone d1 --yes'),
  });
});
