import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { convertProject } from '../../src/convert/project/convert-project.ts';
import { makeFolder } from '../setup/project-folder.ts';
import { loadInstalledModules } from './installed-modules.ts';

/** The files that a folder of Ansible becomes, by path. */
export async function convertFolder(files: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>> {
  const dir = makeFolder({});
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  const converted = convertProject(dir, await loadInstalledModules());
  return new Map(converted.files.map(({ path, content }) => [path, String(content)]));
}
