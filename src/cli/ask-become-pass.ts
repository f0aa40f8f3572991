import { SwarmError } from '../core/error/swarm-error.ts';
import { MIN_SECRET_LENGTH, registerSecret } from '../core/mask.ts';
import { Secret } from '../core/secret.ts';
import type { Project } from '../fleet/project/project.ts';
import { askLine } from './ask-line.ts';

/** The project with the password that -K asks for. Without a terminal it is the first line of standard input. Throws SW1202. */
export async function askForBecomePassword(project: Project, ask: boolean | undefined): Promise<Project> {
  if (ask !== true) return project;
  const password = await askLine('Password for become: ', true);
  if (password === undefined) throw new SwarmError('SW1202', 'no password was typed', { hint: 'Run the command again and type it.' });
  if (!registerSecret(password))
    throw new SwarmError('SW1202', `-K takes a password of at least ${MIN_SECRET_LENGTH} characters`, {
      hint: 'Give the account a longer password, or a rule of sudo with NOPASSWD. A shorter one cannot be hidden in the output.',
    });
  return { ...project, becomePassword: new Secret('become password', password) };
}
