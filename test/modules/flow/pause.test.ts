import { expect, test } from 'vitest';
import pause from '../../../modules/flow/pause.ts';
import type { AskPerson } from '../../../src/core/module.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

const drive = (args: unknown, ask?: AskPerson, check = false) =>
  driveModule(
    pause.run({ ...createLocalHost('/tmp'), check, ...(ask === undefined ? {} : { ask }) }, pause.args.parse(args)),
    createLocalHost('/tmp'),
  );

test('a question is asked with the name of the host, also in a check', async () => {
  const asked: unknown[] = [];
  const ask: AskPerson = async (question, hidden) => {
    asked.push([question, hidden]);
    return 'yes';
  };
  expect((await drive({ prompt: 'Which?\n[algo]\n' }, ask)).result).toEqual({ seconds: 0, user_input: 'yes' });
  expect((await drive({ prompt: 'Password', echo: false }, ask, true)).result.user_input).toBe('yes');
  expect(asked).toEqual([
    ['drone: Which?\n[algo]', false],
    ['drone: Password', true],
  ]);
});

test('without a terminal a question is refused, and a time with a text is not', async () => {
  await expect(drive({ prompt: 'Which?' })).rejects.toMatchObject({ code: 'SW6012', hint: expect.stringContaining('-e') });
  expect((await drive({ prompt: 'soon', seconds: 0 })).result).toEqual({ seconds: 0, user_input: '' });
  expect(pause.args.safeParse({ echo: false }).success).toBe(false);
});
