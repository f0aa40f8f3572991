import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import ssh2, { type BaseAgent, type ParsedKey } from 'ssh2';
import type { Login } from '../../core/host.ts';

/** A key to log in with: one that the agent holds, or one of a file. */
export type Offer =
  | { readonly from: 'agent'; readonly key: ParsedKey; readonly agent: OneKeyAgent }
  | { readonly from: 'file'; readonly key: ParsedKey; readonly path: string };

export interface Credentials {
  /** In the order they are tried. */
  readonly offers: readonly Offer[];
  /** Why a key that was asked for cannot be used: one line each. */
  readonly problems: readonly string[];
}

const AGENT_MS = 3000;

/** Reads key files and asks the agent what it holds; asks nobody for a passphrase. Agent keys that are among the files asked
 *  for come first, then the files, then the agent's others: a server hangs up after six. Throws nothing. */
export async function credentials(login: Login, agentSocket: string | undefined, identitiesOnly: boolean): Promise<Credentials> {
  const problems: string[] = [];
  const wantsAgent = login.keys.length === 0 || login.keys.some((key) => key.from === 'agent');
  const files = login.keys.flatMap((key) => (key.from === 'file' ? [key] : []));
  const [held, read] = await Promise.all([
    wantsAgent && agentSocket !== undefined ? agentOffers(agentSocket, problems) : [],
    Promise.all(files.map((file) => fileKey(expand(file.path), file.passphrase?.reveal()))),
  ]);
  const first: Offer[] = [];
  const second: Offer[] = [];
  for (const file of read) {
    const twin = held.find(({ key }) => file.blob !== undefined && blobOf(key) === file.blob);
    if (twin !== undefined) first.push(twin);
    else if (file.key === undefined) problems.push(file.problem);
    else second.push({ from: 'file', key: file.key, path: file.path });
  }
  const others = identitiesOnly ? [] : held.filter((offer) => !first.includes(offer));
  return { offers: [...first, ...second, ...others], problems };
}

/** `agent: argo@orion ssh-ed25519`, `file ~/.ssh/id_ed25519 ssh-ed25519`. */
export const offerText = (offer: Offer): string =>
  offer.from === 'agent' ? `agent: ${offer.key.comment || 'a key'} ${offer.key.type}` : `file ${offer.path} ${offer.key.type}`;

export const agentSocketOf = (configured: string | undefined): string | undefined => {
  if (configured === 'none') return undefined;
  const socket = configured === undefined || configured === 'SSH_AUTH_SOCK' ? process.env['SSH_AUTH_SOCK'] : expand(configured);
  return socket === '' ? undefined : socket;
};

const blobOf = (key: ParsedKey): string => key.getPublicSSH().toString('base64');
const expand = (path: string): string => path.replace(/^~(?=\/)/, homedir());

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

async function agentOffers(socket: string, problems: string[]): Promise<readonly Extract<Offer, { from: 'agent' }>[]> {
  const agent = ssh2.createAgent(socket);
  let timer: NodeJS.Timeout | undefined;
  try {
    const keys = await new Promise<readonly unknown[]>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it does not answer')), AGENT_MS);
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

type FileKey = { readonly path: string; readonly blob?: string; readonly key?: ParsedKey; readonly problem: string };

async function fileKey(path: string, passphrase: string | undefined): Promise<FileKey> {
  const [text, open] = await Promise.all([textOf(path), textOf(`${path}.pub`)]);
  const shown = typeof open === 'string' ? ssh2.utils.parseKey(open) : open;
  const blob = shown instanceof Error ? {} : { blob: blobOf(shown) };
  if (text instanceof Error) return { path, ...blob, problem: `${path} cannot be read: ${text.message}` };
  const key = parsed(text, passphrase);
  if (!(key instanceof Error) && key.isPrivateKey()) return { path, key, blob: blobOf(key), problem: '' };
  const why = key instanceof Error ? key.message : 'it is a public key';
  const problem = /encrypted|passphrase/i.test(why)
    ? `${path} is protected by a passphrase, and no agent holds it: ssh-add ${path}`
    : `${path} is not a private key that can be used here: ${why}`;
  return { path, ...blob, problem };
}

/** The last one is kept: most hosts are logged in to with the same key, and to parse it takes longer than to read it. */
function parsed(text: string, passphrase: string | undefined): ParsedKey | Error {
  if (last?.text !== text || last.passphrase !== passphrase) last = { text, passphrase, key: ssh2.utils.parseKey(text, passphrase) };
  return last.key;
}

let last: { readonly text: string; readonly passphrase: string | undefined; readonly key: ParsedKey | Error } | undefined;

const textOf = (path: string): Promise<string | Error> => readFile(path, 'utf8').catch((error: Error) => error);
