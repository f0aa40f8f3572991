import { homedir, userInfo } from 'node:os';

/** Of the entry in /etc/passwd, which is searched once: each host of an inventory asks. */
let accountName: string | undefined;

/** The name of the user who runs swarm. A user id without an entry in /etc/passwd, as in a container, may name itself in USER or
 *  LOGNAME; else there is no name. */
export function findUserName(): string | undefined {
  try {
    accountName ??= userInfo().username;
    return accountName;
  } catch {
    return process.env['USER'] || process.env['LOGNAME'] || undefined;
  }
}

/** The home of the user: HOME, or the entry in /etc/passwd. Without both it is `/`, as for sshd. */
export function homeFolder(): string {
  try {
    return homedir() || '/';
  } catch {
    return '/';
  }
}
