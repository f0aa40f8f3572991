import { expect, test } from 'vitest';
import { checkPendingNames } from '../../../../src/language/playbook/reader/pending-names.ts';
import { createPlayScope, type PlaybookReader } from '../../../../src/language/playbook/reader/playbook-reader.ts';

const here = { file: 'p.yml', line: 3, column: 1, length: 1, text: '' };

function check(names: readonly string[]) {
  const located: string[] = [];
  const reader: PlaybookReader = {
    sources: {
      top: { file: 'p.yml', value: {}, valueSpan: () => here, keySpan: () => here, textSpan: () => here },
      ...{ files: new Map(), project: '', modules: new Map(), brokenModules: new Set(), moduleNames: new Set(), problems: [] },
    },
    inventory: {
      dir: '',
      hosts: [],
      groups: [],
      binhost: { path: '' },
      discover: [],
      targets: [],
    } as unknown as PlaybookReader['inventory'],
    ...{ problems: [], registered: new Map(), notified: [], remarks: [], play: createPlayScope(''), eager: true, readSteps: () => [] },
    pendingNames: names.map((name) => ({
      use: { name, fields: [], start: 0, end: name.length, optional: false },
      locals: new Set(['color']),
      result: 'open',
      at: () => {
        located.push(name);
        return here;
      },
    })),
  };
  checkPendingNames(reader, ['facts']);
  return { located, problems: reader.problems.map(({ message, hint }) => [message, hint]) };
}

test('the position of a name is worked out only where the name is wrong', () => {
  expect(check(['color', 'facts', 'colour', 'color'])).toEqual({
    located: ['colour'],
    problems: [['`colour` is not defined', 'Did you mean `color`?']],
  });
});
