import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLocalProject, hasScript, runOnTerminal } from '../pty.ts';

const PLAYBOOK = `plays:
  - hosts: localhost
    tasks:
      - copy: { dest: "FILE", content: "one line\\n" }
`;

describe.skipIf(!hasScript)('on a terminal', () => {
  test.each([
    ['--check', 'would change  copy'],
    ['--diff', '+one line'],
  ])('run %s prints every line and draws no screen', async (option, line) => {
    using project = createLocalProject();
    writeFileSync(join(project.dir, 'playbooks/own.yml'), PLAYBOOK.replace('FILE', join(project.dir, 'own.txt')));
    using tty = runOnTerminal(project.dir, `run own ${option}`, { columns: 200 });
    expect(await tty.ended).toBe(0);
    expect(tty.normal()).toContain(line);
  });
});
