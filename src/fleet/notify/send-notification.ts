import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileError } from '../../core/error/convert-error.ts';
import type { Notifier, NotifierText } from '../../core/inventory/notifier.ts';
import { readSecret } from '../secrets/read-secret.ts';
import type { Notification } from './notification.ts';
import { postWebhook } from './post-webhook.ts';
import { encodeHeader, formatNotification, toWebhookRequest } from './webhook-request.ts';

/** Tells a person by one notifier. `dir`: of the project. Rejects where it fails, and when the signal aborts. */
export async function sendNotification(notifier: Notifier, note: Notification, dir: string, signal: AbortSignal): Promise<void> {
  switch (notifier.kind) {
    case 'command':
      return runProgram(notifier.argv, `${formatNotification(note)}\n`, note, dir, signal);
    case 'email': {
      const head = [`To: ${notifier.to.join(', ')}`, `Subject: ${encodeHeader(`swarm: ${note.title}`)}`];
      const mime = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Auto-Submitted: auto-generated'];
      const body = [...head, ...mime, '', note.text, '', note.command, ''].join('\n');
      return runProgram([notifier.sendmail, '-i', '-t'], body, note, dir, signal);
    }
    case 'webhook': {
      const [url, token] = await Promise.all([readText('webhook', notifier.url, dir), readText('token', notifier.token, dir)]);
      const status = await postWebhook(toWebhookRequest(url ?? '', notifier.form, token, note, randomUUID()), signal);
      if (status < 200 || status >= 300)
        throw new Error(`the server answers ${status}${isRedirect(status) ? ': write the URL to which it redirects' : ''}`);
      return;
    }
    default:
      throw new Error(`swarm sends no notification of this kind: ${JSON.stringify(notifier satisfies never)}`);
  }
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

const readText = async (name: string, text: NotifierText | undefined, dir: string): Promise<string | undefined> =>
  typeof text === 'object' ? (await readSecret(name, text.from, dir)).trim() : text;

/** The program gets the text on stdin, and its parts in the environment. It is killed with all that it started. */
function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  input: string,
  note: Notification,
  dir: string,
  signal: AbortSignal,
): Promise<void> {
  const { cause, run, title, text, command } = note;
  const env = { SWARM_EVENT: cause, SWARM_RUN: run, SWARM_TITLE: title, SWARM_TEXT: text, SWARM_COMMAND: command };
  const child = spawn(program, args, { cwd: dir, env: { ...process.env, ...env }, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  return new Promise((resolve, reject) => {
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // it has ended already
      }
      reject(signal.reason);
    };
    signal.addEventListener('abort', kill, { once: true });
    child.on('error', (error) => reject(fileError(error, program)));
    child.on('exit', (code, by) => {
      signal.removeEventListener('abort', kill);
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${by === null ? `status ${code}` : by}`));
    });
    child.stdin.on('error', () => undefined); // it need not read the text
    child.stdin.end(input);
  });
}
