import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/program/package-root.ts';

const dist = join(packageRoot(), 'dist');
const swarm = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(packageRoot(), 'scripts/swarm.mjs'), ...words], { encoding: 'utf8' });

const MODULE = `import { defineModule, SwarmError, z } from 'build-swarm';
export default defineModule({
  summary: 'throws an error of swarm',
  args: z.strictObject({ name: z.string() }),
  example: 'own: { name: larry }',
  async *run(probe, { name }) {
    throw new SwarmError('SW6012', name + ' is not known');
  },
});
`;
const PLAYBOOK = `name: own
plays:
  - name: own
    hosts: localhost
    tasks:
      - { name: own, own: { name: larry } }
`;

test('a module of a project shares the classes of the bundled program: its error is one of ours', () => {
  const project = mkdtempSync(join(tmpdir(), 'swarm-bundle-'));
  try {
    expect(swarm('init', project).status).toBe(0);
    writeFileSync(join(project, 'modules/own.ts'), MODULE);
    writeFileSync(join(project, 'playbooks/own.yml'), PLAYBOOK);
    const { status, stdout, stderr } = swarm('-C', project, 'run', 'own');
    expect(status).toBe(2);
    expect(stdout + stderr).toContain('error[SW6012]: localhost: larry is not known');
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});

test('every program for hosts is in dist/ as it is in the sources', () => {
  const programs = ['src', 'modules'].flatMap((folder) =>
    readdirSync(join(packageRoot(), folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(sh|py|cjs)$/.test(name))
      .map((name) => join(folder, name)),
  );
  expect(programs).not.toEqual([]);
  for (const name of programs) expect(readFileSync(join(dist, name), 'utf8')).toBe(readFileSync(join(packageRoot(), name), 'utf8'));
});

test('a file of dist/ finds the programs for hosts that it looks for in its own folder', () => {
  const lost = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) =>
      [...readFileSync(join(dist, name), 'utf8').matchAll(/import\.meta\.dirname,\s*"([^"]+\.(?:sh|py))"/g)]
        .filter(([, program = '']) => !existsSync(join(dist, dirname(name), program)))
        .map(([, program]) => `${name} looks for ${program}`),
    );
  expect(lost).toEqual([]);
});

test('the program needs no package that the tarball does not install', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => /\.c?js$/.test(name));
  const needed = files.flatMap((name) =>
    [...readFileSync(join(dist, name), 'utf8').matchAll(/^import .* from "([^."][^"]*)"|\b(?:import|require)\("([^."][^"]*)"\)/gm)].map(
      ([, imported, required]) => imported ?? required ?? '',
    ),
  );
  expect([...new Set(needed)].filter((name) => !isBuiltin(name))).toEqual(['jiti']);
});
