import { isDiskFull } from '../../core/error/disk-full.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { describeRefusal } from './file-refusal.ts';

/** The error where the folder of swarm in the home of the login cannot be used. `why`: what the host printed. SW6008 for a full disk. */
export function stateFolderError(folder: 'jobs' | 'push', why: string): SwarmError {
  const path = `~/.local/state/swarm/${folder}`;
  if (/\bHOME\b/.test(why))
    return new SwarmError('SW6001', `the login has no home folder, in which ${path} would be`, {
      hint: 'Give it one in /etc/passwd of the host. To see what it has, run there: getent passwd',
    });
  const { reason, hint } = describeRefusal(why.trim(), path);
  const fields = { ...(hint === undefined ? {} : { hint }), ...(why.trim() === '' ? {} : { detail: why.trim() }) };
  const message = `the folder ${path} cannot be used${reason === '' ? '' : `: ${reason}`}`;
  return new SwarmError(isDiskFull(why) ? 'SW6008' : 'SW6001', message, fields);
}
