import { lstatSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { MIN_SECRET_LENGTH, registerSecret } from '../../core/mask.ts';
import { homeFolder } from '../../core/program/account.ts';
import { parseSecretSource } from '../../language/schema/secret-source.ts';

/** How a source of a secret is written. */
export const SOURCE_FORMS = 'env:NAME, file:PATH (mode 0600) or cmd:COMMAND';

/** SW1207; the message never has a value in it. */
export const secretError = (message: string, hint: string): SwarmError => new SwarmError('SW1207', message, { hint });

/** The value of a secret, which is hidden in all output from then on. Paths are below `dir`. Throws SW1207. */
export async function readSecret(name: string, from: string, dir: string): Promise<string> {
  const source = parseSecretSource(from);
  // what was given may be the value itself: it is not repeated
  if (source === undefined)
    throw secretError(
      `the secret ${name} is not given as ${SOURCE_FORMS}`,
      'Use one of these forms. Every user of this machine can see a value on the command line.',
    );
  const text =
    source.kind === 'env'
      ? readFromEnvironment(name, source.location)
      : source.kind === 'file'
        ? readFromFile(name, source.location, dir)
        : await readFromCommand(name, source.location, dir);
  const value = text.replace(/\r?\n$/, '');
  if (!registerSecret(value))
    throw secretError(`the secret ${name} has fewer than ${MIN_SECRET_LENGTH} characters and cannot be hidden`, 'Use a longer value.');
  if (value.includes('\0')) throw secretError(`the secret ${name} contains a NUL byte`, 'Encode it, for example in base64.');
  return value;
}

function readFromEnvironment(name: string, variable: string): string {
  const value = process.env[variable];
  if (value !== undefined) return value;
  throw secretError(
    `the secret ${name} comes from the environment variable ${variable}, which is not set`,
    `Export ${variable} before the run.`,
  );
}

function readFromFile(name: string, path: string, dir: string): string {
  const file = resolve(dir, path.replace(/^~(?=\/)/, homeFolder()));
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined)
    throw secretError(`the secret ${name} comes from ${file}, which does not exist`, 'Write the file with mode 0600.');
  if (!stat.isFile())
    throw secretError(
      `the secret ${name} comes from ${file}, which is not a regular file`,
      'Name the file itself, not a link or a folder.',
    );
  if ((stat.mode & 0o077) !== 0 || (stat.uid !== process.getuid?.() && stat.uid !== 0))
    throw secretError(`the secret ${name} comes from ${file}, which others may read or write`, `Run: chmod 0600 ${file}`);
  return readFileSync(file, 'utf8');
}

async function readFromCommand(name: string, command: string, dir: string): Promise<string> {
  const { readLocalProgram } = await import('../../remote/transport/local-program.ts');
  const { exit, stdout } = await readLocalProgram(['sh', '-c', command], { cwd: dir, timeoutMs: 120_000, maxBytes: 1024 * 1024 });
  if (exit === 0) return stdout;
  throw secretError(
    `the command of the secret ${name} failed (${exit})`,
    'Run it by hand. swarm does not show its output, which may be secret.',
  );
}
