import { readFile } from 'node:fs/promises';
import ssh2, { type BaseAgent, type ParsedKey } from 'ssh2';
import { assertHasEnd } from '../../core/files/read-local-file.ts';
import type { Login } from '../../core/inventory/login.ts';
import { homeFolder } from '../../core/program/account.ts';
import { quoteWord } from '../session/shell-text.ts';
import { parsePrivateKey, parsePublicKey } from './parse-key.ts';

/** A key to log in with: one that the agent holds, or one of a file. */
export type LoginKey =
  | { readonly from: 'agent'; readonly key: ParsedKey; readonly agent: OneKeyAgent }
  | { readonly from: 'file'; readonly key: ParsedKey; readonly path: string };

export interface Credentials {
  /** In the order they are tried. */
  readonly keys: readonly LoginKey[];
  /** Why a key that was asked for cannot be used: one line each. */
  readonly problems: readonly string[];
}

const AGENT_TIMEOUT_MS = 3000;

/** Reads key files and asks the agent what it holds; asks nobody for a passphrase. Agent keys that are among the files asked
 *  for come first, then the files, then the agent's others: a server hangs up after six. Throws nothing. */
export async function readCredentials(login: Login, agentSocket: string | undefined, identitiesOnly: boolean): Promise<Credentials> {
  const problems: string[] = [];
  const wantsAgent = login.keys.length === 0 || login.keys.some((key) => key.from === 'agent');
  const files = login.keys.flatMap((key) => (key.from === 'file' ? [key] : []));
  const [agentKeys, keyFiles] = await Promise.all([
    wantsAgent && agentSocket !== undefined ? readAgentKeys(agentSocket, problems) : [],
    Promise.all(files.map((file) => readKeyFile(expandHome(file.path), file.passphrase?.reveal()))),
  ]);
  const heldFiles: LoginKey[] = [];
  const otherFiles: LoginKey[] = [];
  for (const file of keyFiles) {
    const agentKey = agentKeys.find(({ key }) => file.blob !== undefined && publicBlob(key) === file.blob);
    if (agentKey !== undefined) heldFiles.push(agentKey);
    else if (file.key === undefined) problems.push(file.problem);
    else otherFiles.push({ from: 'file', key: file.key, path: file.path });
  }
  const others = identitiesOnly ? [] : agentKeys.filter((offer) => !heldFiles.includes(offer));
  return { keys: [...heldFiles, ...otherFiles, ...others], problems };
}

/** `agent: argo@orion ssh-ed25519`, `file ~/.ssh/id_ed25519 ssh-ed25519`. */
export const formatLoginKey = (offer: LoginKey): string =>
  offer.from === 'agent' ? `agent: ${offer.key.comment || 'a key'} ${offer.key.type}` : `file ${offer.path} ${offer.key.type}`;

/** The socket of the SSH agent, by the setting IdentityAgent. Undefined where none is to be asked. */
export const resolveAgentSocket = (configured: string | undefined): string | undefined => {
  if (configured === 'none') return undefined;
  const socket = configured === undefined || configured === 'SSH_AUTH_SOCK' ? process.env['SSH_AUTH_SOCK'] : expandHome(configured);
  return socket === '' ? undefined : socket;
};

const publicBlob = (key: ParsedKey): string => key.getPublicSSH().toString('base64');
const expandHome = (path: string): string => path.replace(/^~(?=\/)/, homeFolder());

/** ssh2's own agent with one key only, so that the order is ours. */
class OneKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: BaseAgent;
  readonly #key: ParsedKey;

  constructor(agent: BaseAgent, key: ParsedKey) {
    super();
    this.#agent = agent;
    this.#key = key;
  }

  override getIdentities(done: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    done(undefined, [this.#key]);
  }

  override sign(...given: unknown[]): void {
    (this.#agent.sign as (...given: unknown[]) => void)(...given);
  }
}

async function readAgentKeys(socket: string, problems: string[]): Promise<readonly Extract<LoginKey, { from: 'agent' }>[]> {
  const agent = ssh2.createAgent(socket);
  let timer: NodeJS.Timeout | undefined;
  try {
    const keys = await new Promise<readonly unknown[]>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the agent does not answer')), AGENT_TIMEOUT_MS);
      agent.getIdentities((error, found) => (error ? reject(error) : resolve((found ?? []) as readonly unknown[])));
    });
    return keys.flatMap((given) => {
      const key = ssh2.utils.parseKey(given as Buffer);
      return key instanceof Error ? [] : [{ from: 'agent' as const, key, agent: new OneKeyAgent(agent, key) }];
    });
  } catch (error) {
    problems.push(`the agent at ${socket} cannot be used: ${(error as Error).message}`);
    return [];
  } finally {
    clearTimeout(timer);
  }
}

type KeyFile = { readonly path: string; readonly blob?: string; readonly key?: ParsedKey; readonly problem: string };

/** Hosts that are connected to at the same time share one reading of the file. */
function readKeyFile(path: string, passphrase: string | undefined): Promise<KeyFile> {
  const key = JSON.stringify([path, passphrase]);
  const reading = keyReadings.get(key) ?? readKeyFileNow(path, passphrase).finally(() => keyReadings.delete(key));
  keyReadings.set(key, reading);
  return reading;
}

const keyReadings = new Map<string, Promise<KeyFile>>();

async function readKeyFileNow(path: string, passphrase: string | undefined): Promise<KeyFile> {
  const [text, publicText] = await Promise.all([readTextOrError(path), readTextOrError(`${path}.pub`)]);
  const publicKey = typeof publicText === 'string' ? parsePublicKey(publicText) : publicText;
  const blob = publicKey instanceof Error ? {} : { blob: publicBlob(publicKey) };
  if (text instanceof Error) {
    const agentHasNone = publicKey instanceof Error ? '' : `, and no agent holds the key of ${path}.pub`;
    const why = isMissing(text) ? `This machine has no file ${path}` : `${path} cannot be read: ${text.message}`;
    return {
      path,
      ...blob,
      problem: `${why}${agentHasNone}. Correct identity_file in the inventory${isMissing(text) ? `, or make the key: ssh-keygen -t ed25519 -f ${quoteWord(path)}` : ''}`,
    };
  }
  const key = parsePrivateKey(text, passphrase);
  if (!(key instanceof Error) && key.isPrivateKey()) return { path, key, blob: publicBlob(key), problem: '' };
  const shown = parsePublicKey(text);
  if (!(shown instanceof Error)) {
    const privatePath = path.replace(/\.pub$/, '');
    return {
      path,
      blob: publicBlob(shown),
      problem: `${path} is a public key, and no agent holds its private key: ssh-add ${quoteWord(privatePath)}`,
    };
  }
  const why = key instanceof Error ? key.message : 'it has no private key';
  const problem = /encrypted|passphrase/i.test(why)
    ? `${path} is protected by a passphrase, and no agent holds it: ssh-add ${quoteWord(path)}`
    : `${path} is not a private key that swarm can use: ${why}. To have it in OpenSSH's form, run: ssh-keygen -p -f ${quoteWord(path)}`;
  return { path, ...blob, problem };
}

const isMissing = (error: Error): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function readTextOrError(path: string): Promise<string | Error> {
  try {
    assertHasEnd(path);
    return await readFile(path, 'utf8');
  } catch (error) {
    return error as Error;
  }
}
