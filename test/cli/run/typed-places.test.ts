import { expect, test } from 'vitest';
import { locateInTypedWords } from '../../../src/cli/run/typed-places.ts';
import { formatError } from '../../../src/core/error/error-text.ts';
import { SwarmError, ValidationError } from '../../../src/core/error/swarm-error.ts';

const words = ['d1', 'file', 'path=/a b', 'state=dir'];
const text = '  - {"file":{"path":"/a b","state":"dir"}}';

async function formatAt(column: number, length: number): Promise<string> {
  const problem = new SwarmError('SW1112', 'wrong', { at: { file: 'swarm task', line: 5, column, length, text } });
  const error = await locateInTypedWords(words, () => Promise.reject(new ValidationError([problem]))).catch((thrown: unknown) => thrown);
  return (error as ValidationError).problems.map((each) => formatError(each.toJSON())).join('\n');
}

test.each([
  ['a value', text.indexOf('"dir"') + 1, 5],
  ['a name', text.indexOf('"state"') + 1, 7],
])('an error at %s of swarm task shows the word that was typed', async (_, column, length) => {
  const line = "swarm task d1 file 'path=/a b' state=dir";
  expect(await formatAt(column, length)).toBe(
    [
      'error[SW1202]: wrong',
      ` --> the command line:1:${line.indexOf('state') + 1}`,
      '  |',
      `1 | ${line}`,
      `  | ${' '.repeat(line.indexOf('state'))}^^^^^^^^^`,
    ].join('\n'),
  );
});

test('an error in another file stays as it is', async () => {
  const problem = new SwarmError('SW1108', 'wrong', { at: { file: 'inventory/swarm.yml', line: 5, column: 1, length: 1, text } });
  await expect(locateInTypedWords(words, () => Promise.reject(new ValidationError([problem])))).rejects.toMatchObject({
    problems: [problem],
  });
});

test('an error at the whole task has no place', async () => {
  expect(await formatAt(5, 3)).toBe('error[SW1202]: wrong');
});
