import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseIniFacts } from '../../../src/remote/facts/parse-ini-facts.ts';
import { parseLocalFacts } from '../../../src/remote/facts/parse-local-facts.ts';
import { installedShells } from '../../machines/local-shell.ts';
import { makeFolder } from '../../setup/project-folder.ts';

const program = resolve(import.meta.dirname, '../../../src/remote/facts/local-facts.sh');

describe.each(installedShells)('%s', (shell) => {
  const read = (folder: string) => {
    const words = shell === 'busybox' ? ['sh'] : [];
    return parseLocalFacts(execFileSync(shell, [...words, program, folder, '1'], { encoding: 'utf8' }));
  };

  test('JSON, INI and programs are read; each that is wrong is named and left out', () => {
    const folder = makeFolder({
      'json.fact': '{ "a": [1, "zwei"], "é": true }',
      'ini.fact': '[General]\nName = x y\n',
      'run.fact': '#!/bin/sh\necho \'{ "ran": true }\'\n',
      'run ini.fact': '#!/bin/sh\nprintf "[s]\\nk=v\\n"\n',
      'broken.fact': '{ "a": ',
      'fails.fact': '#!/bin/sh\necho {}; exit 3\n',
      'hangs.fact': '#!/bin/sh\nexec sleep 60\n',
      'endless.fact': '#!/bin/sh\nexec yes\n',
      'leaves.fact': '#!/bin/sh\nsleep 60 2>&1 &\necho {}\n',
      'large.fact': `"${'x'.repeat(70_000)}"`,
      'other.txt': 'no fact',
    });
    for (const name of ['run', 'run ini', 'fails', 'hangs', 'endless', 'leaves']) chmodSync(join(folder, `${name}.fact`), 0o755);
    execFileSync('mkfifo', [join(folder, 'pipe.fact')]);
    mkdirSync(join(folder, 'dir.fact'));
    symlinkSync('nowhere', join(folder, 'link.fact'));
    const { facts, problems } = read(folder);
    expect(facts).toEqual({
      json: { a: [1, 'zwei'], é: true },
      ini: { General: { name: 'x y' } },
      run: { ran: true },
      'run ini': { s: { k: 'v' } },
    });
    expect(problems.map((each) => each.replace('/etc/ansible/facts.d/', '').replace('.fact is left out', '')).toSorted()).toEqual([
      'broken: it is neither JSON nor INI',
      'dir: it is not a file',
      'endless: it has more than 64 KiB',
      'fails: it ended with exit 3',
      'hangs: it did not end within 5 s',
      'large: it has more than 64 KiB',
      'leaves: it did not end within 5 s',
      'link: it is not a file',
      'pipe: it is not a file',
    ]);
  });

  test('a host without the folder has none', () => {
    expect(read('/nowhere')).toEqual({ facts: {}, problems: [] });
  });
});

test.each([
  ['[A]\nX: 1\n  2\n; note\n[DEFAULT]\nd = 0\n', { A: { d: '0', x: '1\n2' } }],
  ['[a]\n[b]\nk=\n', { a: {}, b: { k: '' } }],
  ['', {}],
  ['k = v\n', undefined],
  ['[a]\nword\n', undefined],
])('INI %j', (text, facts) => {
  expect(parseIniFacts(text)).toEqual(facts);
});

test('what a hostile host prints is not a fact', () => {
  expect(parseLocalFacts('nothing\na\tW10=\tx\n\t\t\na\u0007\tW10=\tread\n')).toEqual({ facts: {}, problems: [] });
  expect(parseLocalFacts('__proto__\tW10=\tread\n').facts).toEqual(Object.fromEntries([['__proto__', []]]));
});
