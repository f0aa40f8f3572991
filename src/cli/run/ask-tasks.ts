import PQueue from 'p-queue';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { ConfirmTask } from '../../engine/run-context.ts';
import { toOneLine } from '../../report/text/display-text.ts';
import { askLine } from '../ask-line.ts';

/** Throws SW1202 where --step could ask nobody. */
export function assertCanAsk(detach: boolean | undefined): void {
  if (detach !== true && process.stdin.isTTY === true && process.stderr.isTTY === true) return;
  const why = detach ? 'and --detach leaves it' : 'and there is none';
  throw new SwarmError('SW1202', `--step asks on the terminal, ${why}`, {
    hint: 'Choose the tasks with --tags or --start-at.',
  });
}

/** `--step`: asks on the terminal before each task, one question at a time. Ctrl-C interrupts the run. */
export function createTaskQuestion(stop: AbortController): ConfirmTask {
  const questions = new PQueue({ concurrency: 1 });
  let ask = true;
  return (task, hosts) =>
    questions.add(async () => {
      const question = `Run "${toOneLine(task)}" on ${hosts.join(', ')}? [y]es, [n]o, [c]ontinue without asking: `;
      while (ask && !stop.signal.aborted) {
        const answer = await askLine(question);
        if (answer === undefined) stop.abort('SIGINT');
        else if (/^y(es)?$/i.test(answer.trim())) return true;
        else if (/^no?$/i.test(answer.trim())) return false;
        else if (/^c(ontinue)?$/i.test(answer.trim())) ask = false;
      }
      return !stop.signal.aborted;
    });
}
