import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { SwarmError } from '../core/error/swarm-error.ts';
import { MIN_SECRET_LENGTH, registerSecret } from '../core/mask.ts';
import { Secret } from '../core/secret.ts';
import type { Project } from '../fleet/project/project.ts';

/** The project with the password that -K asks for. Without a terminal it is the first line of standard input. Throws SW1202. */
export async function askForBecomePassword(project: Project, ask: boolean | undefined): Promise<Project> {
  if (ask !== true) return project;
  const password = await readHiddenLine('Password for become: ');
  if (password.length < MIN_SECRET_LENGTH)
    throw new SwarmError('SW1202', `-K takes a password of at least ${MIN_SECRET_LENGTH} characters`, {
      hint: 'Type it, or send it as the first line of standard input.',
    });
  registerSecret(password);
  return { ...project, becomePassword: new Secret('become password', password) };
}

/** A line of standard input. What is typed on a terminal is not shown. */
function readHiddenLine(question: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(question);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: hidden, terminal });
  return new Promise((resolve, reject) => {
    let line = '';
    lines.once('line', (text) => {
      line = text;
      lines.close();
    });
    lines.once('SIGINT', () => reject(new SwarmError('SW1202', 'no password was typed', { hint: 'Run the command again and type it.' })));
    lines.once('close', () => {
      if (terminal) process.stderr.write('\n');
      process.stdin.pause();
      resolve(line);
    });
  });
}
