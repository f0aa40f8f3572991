import { describe, expect, test } from 'vitest';
import { formatError } from '../../../src/core/error/error-text.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Span } from '../../../src/core/span.ts';

const at: Span = { file: 'playbooks/build.yml', line: 23, column: 5, length: 7, text: '    retires: 3' };

describe('the text of an error', () => {
  test('is what, where, detail and hint, in this order', () => {
    const error = new SwarmError('SW1104', 'unknown key `retires`', {
      at,
      host: 'tarn',
      detail: 'one\ntwo',
      hint: 'Did you mean `retries`?',
    });
    expect(formatError(error.toJSON()).split('\n')).toEqual([
      'error[SW1104]: tarn: unknown key `retires`',
      '  --> playbooks/build.yml:23:5',
      '   |',
      '23 |     retires: 3',
      '   |     ^^^^^^^',
      'one',
      'two',
      'hint: Did you mean `retries`?',
    ]);
  });

  test('is one line where there is no more', () => {
    expect(formatError({ code: 'SW6001', message: 'exit status 1' })).toBe('error[SW6001]: exit status 1');
  });
});
