import type { Probe } from '../core/module.ts';
import { readProgram } from '../core/program/package-root.ts';
import { queryScript } from './host-script.ts';

/** A user of the host. */
export interface Account {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** Names; the first is the primary group. */
  readonly groups: readonly string[];
  /** Hash of the password; empty where the login may not read it. */
  readonly password: string;
  /** The day on which it ends, counted from 1970; empty: never, or unknown. */
  readonly expires: string;
  /** Of the password, in days: least age, greatest age, warning before that, and time until the account ends after it. Empty: not set, or unknown. */
  readonly passwordAges: readonly string[];
}

/** A user of the host by name; undefined where there is none. */
export async function readAccount(probe: Probe, user: string): Promise<Account | undefined> {
  const text = await queryScript(probe, readProgram('src/sdk/account-state.sh'), [user], `user ${user}`);
  const [entry = '', groups = '', hash = '', end = '', ages = ''] = text.split('\n');
  if (entry === '') return undefined;
  const [name = '', , uid = '', gid = '', comment = '', home = '', shell = ''] = entry.split(':');
  const [password, expires] = [hash.replace(/^password /, ''), end.replace(/^expires /, '')];
  const passwordAges = ages.replace(/^ages /, '').split(':');
  return { name, uid, gid, comment, home, shell, groups: groups.split(' '), password, expires, passwordAges };
}
