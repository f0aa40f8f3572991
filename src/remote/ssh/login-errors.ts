import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Credentials } from './login-keys.ts';
import { joinOffered, type ServerOffer, type ServerWords } from './server-words.ts';
import { ALGORITHMS } from './ssh-handshake.ts';

/** What is known of a login that failed. */
export interface FailedLogin {
  readonly user: string;
  readonly credentials: Credentials;
  /** The keys that were offered, in order. */
  readonly tried: readonly string[];
  /** The machine has proved its host key. */
  readonly keyVerified: boolean;
  readonly words: ServerWords;
}

type LoginFailure = Error & { level?: string };

/** The error of a handshake without a login: SW2040, SW2003, SW2042 or SW2001. */
export function toHandshakeError(error: Error, words: ServerWords): SwarmError {
  if (error instanceof SwarmError) return error;
  const common = /no matching (.+)$/i.exec(error.message)?.[1];
  return common === undefined ? noServerError(error, error.message, words) : noCommonError(common, words.offer);
}

/** The error of a login: SW2002 where the host does not accept it, SW2003 without a safe host key, SW2040 without a common algorithm,
 *  SW2042 where the server takes no more logins at the moment, SW2001 for the rest. With the server's own words. */
export function toLoginError(error: LoginFailure, failed: FailedLogin): SwarmError {
  if (error instanceof SwarmError && error.code !== 'SW2005') return error;
  const { words, keyVerified } = failed;
  const reason = error.message.replace(/^connection lost: /, '');
  if (keyVerified && OVERSIZED.test(reason)) return oversizedError(error, failed.user);
  if (keyVerified && isRefusal(error, failed)) return refusedError(reason, failed);
  if (keyVerified) {
    return new SwarmError('SW2001', `the connection was lost during login as ${failed.user}: ${reason}${quoteBanner(words)}`, {
      cause: error,
      hint:
        words.banner === ''
          ? `The server ends the login and does not say why, as PAM does for an account that it does not let in. ${SERVER_LOG}`
          : `Do what the server says. ${SERVER_LOG}`,
    });
  }
  return toHandshakeError(Object.assign(new Error(reason), { cause: error }), words);
}

const SERVER_LOG = 'The log of the server has more: journalctl -u sshd, or /var/log/auth.log.';

const OVERSIZED = /packet length/i;

/** Once a key is verified, packets are whole: one of more than 35,000 bytes is what a long file for `Banner` makes of a login. */
function oversizedError(cause: Error, user: string): SwarmError {
  return new SwarmError(
    'SW2001',
    `the login as ${user} ended: the server sent more at once than SSH allows, as with a banner of more than 32 KiB`,
    {
      cause,
      hint: 'On the host, see which file Banner names in /etc/ssh/sshd_config, make it shorter, and reload sshd.',
    },
  );
}

const isRefusal = ({ level, message }: LoginFailure, { words }: FailedLogin): boolean =>
  level === 'client-authentication' || level === 'agent' || /authentication/i.test(message) || words.wantsMore;

const quoteBanner = ({ banner }: ServerWords): string => (banner === '' ? '' : `; the server says: ${banner}`);

function refusedError(reason: string, { user, credentials, tried, words }: FailedLogin): SwarmError {
  const { problems } = credentials;
  const offered = tried.length === 0 ? 'swarm has no key to offer' : `offered in this order: ${tried.join(', ')}`;
  const left = (words.methodsLeft ?? []).filter((method) => method !== 'publickey');
  const refuse = (why: string, hint: string): SwarmError => {
    const others = problems.filter((problem) => problem !== hint);
    const detail = others.length === 0 ? {} : { detail: others.join('\n') };
    return new SwarmError('SW2002', `login as ${user} refused: ${why}${quoteBanner(words)}`, { hint, ...detail });
  };
  if (words.wantsMore) {
    return refuse(
      `the host accepts a key and wants one more proof: ${joinOffered(left) || 'another key'} (${offered})`,
      `swarm answers no questions at a login. Let a key be enough for ${user}: write AuthenticationMethods publickey in a Match User block of sshd_config on the host.`,
    );
  }
  if (/too many authentication failures/i.test(reason)) {
    return refuse(
      `${reason} after ${tried.length} ${tried.length === 1 ? 'key' : 'keys'}; ${offered}`,
      'Name the right key: write identity_file: PATH for the host in the inventory, then it is offered first, from the agent too. To see the keys of the agent, run: ssh-add -l',
    );
  }
  if (words.methodsLeft !== undefined && !words.methodsLeft.includes('publickey')) {
    return refuse(
      `the host takes no key for ${user}, only ${joinOffered(left) || 'nothing'}`,
      `Allow keys on the host: write PubkeyAuthentication yes into sshd_config, and check AuthenticationMethods, AllowUsers and Match blocks.`,
    );
  }
  return refuse(
    tried.length === 0 ? offered : `the host accepts none of these keys: ${tried.join(', ')}`,
    problems[0] ??
      `Check that ~${user}/.ssh/authorized_keys on the host has one of your keys, with mode 0600 (folder 0700), that the account is neither locked nor expired and its shell exists, and that ${user === 'root' ? 'PermitRootLogin' : 'AllowUsers, AllowGroups'}, DenyUsers and PubkeyAcceptedAlgorithms of sshd_config let ${user} in with it. ${SERVER_LOG}`,
  );
}

type Part = 'kex' | 'cipher' | 'mac';
const PARTS: readonly (readonly [RegExp, Part, string, string])[] = [
  [/key exchange/i, 'kex', 'key exchange', 'KexAlgorithms'],
  [/cipher/i, 'cipher', 'cipher', 'Ciphers'],
  [/mac/i, 'mac', 'MAC', 'MACs'],
];
const OUR_NAMES: Readonly<Record<Part, readonly string[]>> = { kex: ALGORITHMS.kex, cipher: ALGORITHMS.cipher, mac: ALGORITHMS.hmac };

function noCommonError(common: string, offer: ServerOffer | undefined): SwarmError {
  if (/host key/i.test(common)) {
    return new SwarmError('SW2003', 'the host has no key of a type that is pinned or safe', {
      hint: 'Make a host key of type ed25519, ECDSA or RSA (SHA-2). Run on the host: ssh-keygen -A',
      ...(offer === undefined ? {} : { detail: `the server offers: ${joinOffered(offer.hostKey)}` }),
    });
  }
  const [, part, name, option] = PARTS.find(([pattern]) => pattern.test(common)) ?? [];
  if (part === undefined) return new SwarmError('SW2040', `an SSH server answers, but there is no common ${common}`, {});
  const theirs = offer === undefined ? 'others' : joinOffered(offer[part].filter((each) => !/^(?:ext-info-|kex-strict-)/.test(each)));
  return new SwarmError(
    'SW2040',
    `an SSH server answers, but there is no common ${name}: it offers ${theirs}; swarm offers ${OUR_NAMES[part].join(', ')}`,
    { hint: `Allow one more on the host: write ${option} +${OUR_NAMES[part][0]} into /etc/ssh/sshd_config and reload sshd.` },
  );
}

const FULL = /MaxStartups|not allowed at this time|too many connections/i;

function noServerError(error: Error, reason: string, { greeting, isSshServer }: ServerWords): SwarmError {
  const printed = greeting === '' ? '' : `; it printed: ${greeting}`;
  if (FULL.test(greeting)) {
    return new SwarmError('SW2042', `the SSH server takes no more logins at the moment${printed}`, {
      cause: error,
      hint: 'Connect to fewer hosts at a time with --forks, or raise MaxStartups in sshd_config on the host.',
    });
  }
  if (isSshServer) return new SwarmError('SW2001', `the connection was lost during the key exchange: ${reason}`, { cause: error });
  const closed = greeting === '' && /before handshake|reset|closed it|ended/i.test(reason);
  return new SwarmError(closed ? 'SW2042' : 'SW2001', `no SSH server answers: ${reason}${printed}`, {
    cause: error,
    ...(/HTTP\/|<html/i.test(greeting) ? { hint: 'A web server answers there. Check the port of the route in the inventory.' } : {}),
  });
}
