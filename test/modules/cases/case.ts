import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalHost, type LocalHost, type LocalHostOptions } from '../local-host.ts';

/** One real use of a module. */
export interface Case {
  readonly args: unknown;
  readonly remote: LocalHost;
}

/** Makes the case of a module in a folder of its own. */
export type PrepareCase = (dir: string) => Promise<Case>;

/** A host with these programs of `sh` first on its PATH. They keep what they are told in the folder `$STATE`. */
export async function withPrograms(
  dir: string,
  programs: Readonly<Record<string, string>>,
  options: LocalHostOptions = {},
): Promise<LocalHost> {
  await mkdir(join(dir, 'state/bin'), { recursive: true });
  for (const [name, text] of Object.entries(programs))
    await writeFile(join(dir, 'state/bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { PATH: `${join(dir, 'state/bin')}:${process.env['PATH']}`, STATE: join(dir, 'state'), ...options.env };
  return createLocalHost(dir, { ...options, env });
}
