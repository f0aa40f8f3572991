import { describe, expect, test } from 'vitest';
import { fileError, toErrorJson, toSwarmError } from '../../../src/core/error/convert-error.ts';
import { ModuleError } from '../../../src/core/error/module-error.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Span } from '../../../src/core/span.ts';

const at: Span = { file: 'playbooks/build.yml', line: 23, column: 5, length: 7, text: '    retires: 3' };

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
