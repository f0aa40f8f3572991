import { expect, test } from 'vitest';
import { formatSarif } from '../../src/report/sarif.ts';

const at = { file: '/srv/project/play books/site.yml', line: 7, column: 5, length: 4, text: '    nmae: x' };

test('a problem has its rule, its words with the hint, and its place below the project', () => {
  const error = { code: 'SW1104', message: 'unknown key `nmae`', hint: 'Did you mean `name`?', at };
  const log = formatSarif([{ level: 'error', error }], '/srv/project', '1.2.3');
  expect(log).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'swarm', version: '1.2.3', rules: [{ id: 'SW1104' }] } },
        originalUriBaseIds: { PROJECT: { uri: 'file:///srv/project/' } },
        results: [
          {
            ruleId: 'SW1104',
            ruleIndex: 0,
            level: 'error',
            message: { text: 'unknown key `nmae`\nDid you mean `name`?' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'play%20books/site.yml', uriBaseId: 'PROJECT' },
                  region: { startLine: 7, startColumn: 5, endColumn: 9 },
                },
              },
            ],
          },
        ],
      },
    ],
  });
});

test('a file outside the project has its whole path; a warning without a place has none; each rule is written once', () => {
  const outside = { code: 'SW1302', message: 'a', at: { ...at, file: '/etc/swarm/hosts.yml' } };
  const findings = [
    { level: 'error', error: outside },
    { level: 'warning', error: { code: 'SW1104', message: 'b' } },
    { level: 'warning', error: { code: 'SW1302', message: 'c' } },
  ] as const;
  expect(formatSarif(findings, '/srv/project', '1')).toMatchObject({
    runs: [
      {
        tool: { driver: { rules: [{ id: 'SW1104' }, { id: 'SW1302' }] } },
        results: [
          { ruleIndex: 1, locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///etc/swarm/hosts.yml' } } }] },
          { ruleIndex: 0, level: 'warning', locations: [] },
          { ruleIndex: 1, locations: [] },
        ],
      },
    ],
  });
});
