#!/usr/bin/env node
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// From Node 22.8 on a start costs less from the second time on. Not in the shared temporary folder, which is Node's default.
const cache = cacheFolder();
if (cache !== undefined) (module as { enableCompileCache?(folder: string): unknown }).enableCompileCache?.(cache);

process.on('uncaughtException', end);
let finished = false;
process.on('exit', reportSilentEnd);
const { main } = await import('./cli/main.ts').catch(end);
process.exitCode = await main(process.argv.slice(2));
finished = true;

/** The process ends before the command has: code of a project called process.exit(), or waits for something that never comes. */
function reportSilentEnd(code: number): void {
  if (finished || code !== 0) return;
  process.exitCode = 1;
  const hint = 'A module of the project calls process.exit() or waits for something that never ends. To find it, run: swarm modules NAME';
  process.stderr.write(`error[SW5012]: swarm ended before the command was complete\nhint: ${hint}\n`);
}

/** Undefined for a user without a home. */
function cacheFolder(): string | undefined {
  try {
    return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swarm', 'compiled');
  } catch {
    return undefined;
  }
}

/** The end after an error that nothing caught, in words. They come last, when the screen of a run is closed. */
async function end(error: unknown): Promise<never> {
  const words = await wordsFor(error);
  process.once('exit', () => process.stderr.write(`${words}\n`));
  process.exit(1);
}

async function wordsFor(error: unknown): Promise<string> {
  try {
    const { formatError: describeError, toErrorJson: errorJson } = await import('./core/error.ts');
    return describeError(errorJson(error));
  } catch {
    return `swarm: ${error instanceof Error ? error.message : error}`; // too few open files even for that
  }
}
