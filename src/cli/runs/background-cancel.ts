import { spawn } from 'node:child_process';
import type { Project } from '../../fleet/project/project.ts';

/** `swarm runs cancel RUN` from a screen, in a process of its own: what it says is printed when the screen is gone. */
export interface Cancelling {
  begin(): void;
  ended(): Promise<void>;
}

export function cancelling(project: Project, run: string): Cancelling {
  let said: Promise<string> | undefined;
  const begin = (): Promise<string> =>
    new Promise((done) => {
      const argv = [process.argv[1] ?? '', '-C', project.dir, 'runs', 'cancel', run, '--yes', '-o', 'plain'];
      const child = spawn(process.execPath, argv, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      child.once('close', () => done(text));
      child.once('error', (error) => done(`${error.message}\n`));
    });
  return {
    begin() {
      said ??= begin();
    },
    async ended() {
      process.stderr.write((await said) ?? '');
    },
  };
}
