import { userInfo } from 'node:os';

/** The name of the user who runs swarm. A user id without an entry in /etc/passwd, as in a container, may name itself in USER. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    const name = process.env['USER'] || process.env['LOGNAME'];
    if (name) return name;
    throw error;
  }
}
