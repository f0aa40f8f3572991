import { describe, expect, test } from 'vitest';
import { closestName, fileError, formatError, SwarmError, toErrorJson, toSwarmError } from '../../src/core/error.ts';
import { ModuleError } from '../../src/core/module-error.ts';
import { formatSourceFrame, type Span } from '../../src/core/span.ts';

const at: Span = { file: 'playbooks/build.yml', line: 23, column: 5, length: 7, text: '    retires: 3' };

describe('a frame', () => {
  test('has the file, the line and carets under the exact words', () => {
    expect(formatSourceFrame(at)).toBe(
      [
        '  --> playbooks/build.yml:23:5', //
        '   |',
        '23 |     retires: 3',
        '   |     ^^^^^^^',
      ].join('\n'),
    );
  });

  test('keeps tabs, so that the carets stay under their word', () => {
    const text = '\tlocal: 10.42.0.203';
    expect(
      formatSourceFrame({ ...at, line: 4, column: 2, length: 5, text })
        .split('\n')
        .slice(2),
    ).toEqual(['4 | \tlocal: 10.42.0.203', '  | \t^^^^^']);
  });

  test.each([
    ['never passes the end of the line', 8, 100, '^^^'],
    ['has one caret at the end of the line', 11, 0, '^'],
    ['has one caret behind it', 12, 3, '^'],
  ])('%s', (_, column, length, carets) => {
    const last = formatSourceFrame({ ...at, text: 'abcdefghij', column, length })
      .split('\n')
      .at(-1);
    expect(last?.trim().replace(/^\| */, '')).toBe(carets);
  });
});

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

describe('anything thrown, as data', () => {
  test('an error of ours has only the keys that it has', () => {
    expect(toErrorJson(new SwarmError('SW6001', 'exit status 1'))).toEqual({ code: 'SW6001', message: 'exit status 1' });
    expect(Object.keys(toErrorJson(new SwarmError('SW1104', 'm', { at, hint: 'h', host: 'tarn', detail: 'd', cause: 1 })))).toEqual([
      'code',
      'message',
      'hint',
      'host',
      'at',
      'detail',
    ]);
  });

  test('what nobody expects is a bug, with its stack and where to report it', () => {
    const json = toErrorJson(new TypeError('x is not a function'));
    expect(json).toMatchObject({
      code: 'SW5000',
      message: 'x is not a function',
      hint: expect.stringMatching(/Report it .*SWARM_DEBUG=all/),
    });
    expect(json.detail).toContain('error.test.ts');
    expect(toErrorJson('just text')).toMatchObject({ code: 'SW5000', message: 'just text' });
  });

  test('an error of the operating system is never a bug', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28, syscall: 'write' });
    expect(toSwarmError(full)).toMatchObject({ code: 'SW5001', cause: full });
  });

  test('a module names its error itself, but never with a code of the table', () => {
    const error = new ModuleError('ACME01', 'the API says 503', { hint: 'Try later.', detail: 'body', at });
    expect(toErrorJson(error)).toEqual({ code: 'ACME01', message: 'the API says 503', hint: 'Try later.', detail: 'body', at });
    expect(new ModuleError('SW2001', 'm').code).toBe('SW6015');
  });
});

describe('an error with a file', () => {
  test('names the file, also where the system does not', () => {
    const isFolder = Object.assign(new Error('EISDIR'), { code: 'EISDIR', errno: -21, syscall: 'read' });
    expect(fileError(isFolder, '/srv/x')).toMatchObject({ code: 'SW5003', message: 'cannot read /srv/x: it is a folder, not a file' });
  });

  test('takes the better hint of who knows more, and leaves an error of ours as it is', () => {
    const gone = Object.assign(new Error('ENOENT'), { code: 'ENOENT', errno: -2, syscall: 'open', path: '/srv/x' });
    expect(fileError(gone, '/srv/x', 'Run it again.').hint).toBe('Run it again.');
    const ours = new SwarmError('SW4001', 'm');
    expect(fileError(ours, '/srv/x')).toBe(ours);
  });

  test('has a code also without an errno', () => {
    expect(fileError(new Error('short read'), '/srv/x')).toMatchObject({ code: 'SW5003', message: '/srv/x: short read' });
  });
});

test.each([
  ['retires', 'retries'],
  ['Drone-Tran', 'drone-tarn'],
  ['drnes', 'drones'],
  ['xyz', undefined],
])('the name nearest to %s is %s', (word, name) => {
  expect(closestName(word, ['retries', 'drone-tarn', 'drones'])).toBe(name);
});
