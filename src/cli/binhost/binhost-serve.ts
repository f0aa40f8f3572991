import { SwarmError } from '../../core/error/swarm-error.ts';
import { openOneBinhost } from '../../fleet/binhost/open-binhosts.ts';
import { openProject } from '../../fleet/project/project.ts';
import { serveBinhost } from '../../gentoo/binhost/serve/serve-binhost.ts';
import type { BinhostServeFlags } from './binhost-commands.ts';

/** `swarm binhost serve`: until Ctrl-C. */
export async function binhostServeCommand(options: BinhostServeFlags): Promise<number> {
  await using opened = await openOneBinhost(await openProject(options), options.target, 'swarm binhost serve');
  const { store, path } = opened;
  const port = Number(options.port ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new SwarmError('SW1202', `--port ${options.port} is not a port`, {
      hint: 'Write a number from 0 to 65535; 0 takes a free port.',
    });
  const address = options.address ?? '127.0.0.1';
  await using server = await serveBinhost(store, { address, port });
  process.stdout.write(`${path} at http://${address.includes(':') ? `[${address}]` : address}:${server.port}\n`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  return 0;
}
