import { z } from 'zod';
import type { Change, Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { statPaths } from '../files/path-stat.ts';
import { runScript } from '../host-script.ts';

/** The args of the module user for a key of SSH. */
export const userKeyArgs = {
  generate_ssh_key: z.boolean().default(false).describe('Make a key of SSH where there is none'),
  ssh_key_type: z.enum(['rsa', 'ed25519', 'ecdsa']).default('rsa').describe('Its type'),
  ssh_key_bits: z.int().min(256).max(16_384).optional().describe('Its size'),
  ssh_key_file: z
    .string()
    .regex(/^[^\n]*[^/\n]$/)
    .optional()
    .describe('Its file, from the home on; default: .ssh/id_rsa, by its type'),
  ssh_key_comment: z
    .string()
    .regex(/^[^\n]*$/)
    .optional()
    .describe('Its comment; default: swarm on HOST'),
};

interface UserKey {
  readonly ssh_key_file: string;
  readonly ssh_public_key?: string;
}

interface WantedKey {
  readonly name: string;
  readonly ssh_key_type: string;
  readonly ssh_key_bits?: number | undefined;
  readonly ssh_key_file?: string | undefined;
  readonly ssh_key_comment?: string | undefined;
}

/** Makes the key of a user where there is none. Returns its file and its public part. */
export async function* userKeyChanges(probe: Probe, wanted: WantedKey, home: string): AsyncGenerator<Change, UserKey, void> {
  const { name, ssh_key_type, ssh_key_bits, ssh_key_comment = `swarm on ${probe.host.name}` } = wanted;
  const written = wanted.ssh_key_file ?? `.ssh/id_${ssh_key_type}`;
  const ssh_key_file = written.startsWith('/') ? written : `${home.replace(/\/$/, '')}/${written}`;
  const readKey = async (): Promise<string | undefined> => {
    const bytes = await probe.read(`${ssh_key_file}.pub`);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();
  };
  const [key] = await statPaths(probe, [{ path: ssh_key_file }]);
  if (key?.type === 'absent') {
    const words = [name, ssh_key_file, ssh_key_type, ssh_key_bits?.toString() ?? '', ssh_key_comment];
    yield {
      verb: 'create',
      subject: ssh_key_file,
      apply: async (remote) => void (await runScript(remote, readProgram('src/sdk/accounts/user-key.sh'), words, ssh_key_file)),
    };
  }
  const ssh_public_key = await readKey();
  return { ssh_key_file, ...(ssh_public_key === undefined ? {} : { ssh_public_key }) };
}
