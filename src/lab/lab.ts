import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeLocalFolder } from '../core/files/make-local-folder.ts';
import { type Drone, startDrone } from './drone.ts';
import { createSshKey } from './ssh-key.ts';

/** A fleet of throw-away drones inside this process; disposing ends all they started and closes their ports. The folder stays. */
export interface Lab extends AsyncDisposable {
  readonly dir: string;
  readonly drones: readonly Drone[];
  /** The key that every drone lets in: an OpenSSH private key file of mode 0600, `.pub` beside it. */
  readonly clientKey: { readonly path: string; readonly publicKey: string };
}

export interface LabOptions {
  readonly drones: number;
  /** Added to the environment of every command on every drone. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts drones d1, d2, ... below `dir`, each an SSH server on 127.0.0.1 with its own key, folder and stand-in Portage. */
export async function startLab(dir: string, options: LabOptions): Promise<Lab> {
  const root = resolve(dir);
  makeLocalFolder(root, 0o700);
  const clientKey = makeClientKey(join(root, 'client_key'));
  const drones: Drone[] = [];
  const end = async (): Promise<void> => {
    await Promise.all(drones.map((drone) => drone[Symbol.asyncDispose]()));
  };
  try {
    for (let n = 1; n <= options.drones; n++) {
      const name = `d${n}`;
      drones.push(await startDrone({ name, dir: join(root, name), authorizedKey: clientKey.publicKey, env: options.env ?? {} }));
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { dir: root, drones, clientKey, [Symbol.asyncDispose]: end };
}

/** A folder that held a lab before keeps its key. */
function makeClientKey(path: string): Lab['clientKey'] {
  if (!existsSync(path)) {
    const { privateText, publicKey } = createSshKey('swarm lab');
    writeFileSync(`${path}.pub`, `${publicKey.type} ${publicKey.blob} swarm lab\n`);
    writeFileSync(path, privateText, { mode: 0o600 });
  }
  chmodSync(path, 0o600);
  return { path, publicKey: readFileSync(`${path}.pub`, 'utf8').trim() };
}
