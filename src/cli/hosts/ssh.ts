import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileError } from '../../core/error/convert-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import { makeBuildShell } from '../../fleet/connection/build-shell.ts';
import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { buildOpensshArgv } from '../../fleet/connection/openssh-argv.ts';
import { findProvenRoute } from '../../fleet/connection/proven-route.ts';
import { findHost, openProject } from '../../fleet/project/project.ts';
import { findWorkFolder } from '../../fleet/runs/work-folder.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { displayText } from '../../report/text/display-text.ts';
import { printMissingKeys } from '../print-errors.ts';
import type { SshFlags } from './hosts-commands.ts';

/** `swarm hosts ssh NAME`: plain ssh over the first route that proves itself, held to the same pins, through jumps that are held to theirs. */
export async function sshCommand(name: string, words: readonly string[], options: SshFlags): Promise<number> {
  const project = await openProject({ ...options, programs: true });
  const host = findHost(project, name);
  const folder = options.build === undefined ? undefined : findWorkFolder(project, name, options.build);
  printMissingKeys(project, [host], options);
  const connectOptions = makeConnectOptions(project);
  const findRoute = (each: Host): Promise<Route> => findProvenRoute(each, connectOptions, printMisdirected);
  const route = await findRoute(host);
  if (options.verbose > 0) process.stderr.write(`${displayText`swarm: ${name} proved itself over ${formatRoute(route)}`}\n`);
  const command = folder === undefined ? words : makeBuildShell(host, route, folder);
  const [program, ...args] = await buildOpensshArgv(host, route, command, folder !== undefined || words.length === 0, {
    project,
    connectOptions,
    findRoute,
  });
  const ignoreSignal = (): void => {}; // Ctrl-C is for the shell on the host
  process.on('SIGINT', ignoreSignal);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.once('error', (error) => reject(fileError(error, program)));
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignoreSignal);
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  });
}

function printMisdirected({ route, error }: RouteReport): void {
  if (error !== undefined) process.stderr.write(`${displayText`swarm: ${formatRoute(route)}: ${error.message}`}\n`);
}
