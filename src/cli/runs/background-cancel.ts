import type { Project } from '../../fleet/project/project.ts';
import { spawnSelf } from '../spawn-self.ts';

/** `swarm runs cancel RUN` from a screen, in a process of its own: its output is printed when the screen is gone. */
export interface BackgroundCancel {
  start(): void;
  printOutput(): Promise<void>;
}

export function createBackgroundCancel(project: Project, run: string): BackgroundCancel {
  let output: Promise<string> | undefined;
  const spawnCancel = (): Promise<string> =>
    new Promise((done) => {
      const argv = ['-C', project.dir, 'runs', 'cancel', run, '--yes', '-o', 'plain'];
      const child = spawnSelf(argv, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      child.once('close', () => done(text));
      child.once('error', (error) => done(`${error.message}\n`));
    });
  return {
    start() {
      output ??= spawnCancel();
    },
    async printOutput() {
      process.stderr.write((await output) ?? '');
    },
  };
}
