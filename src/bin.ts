#!/usr/bin/env node
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// From Node 22.8 on a start costs less from the second time on. Not in the shared temporary folder, which is Node's default.
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'swarm', 'compiled');
(module as { enableCompileCache?(folder: string): unknown }).enableCompileCache?.(cache);

const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
