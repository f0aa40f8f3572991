import PQueue from 'p-queue';
import { MIN_SECRET_LENGTH, registerSecret } from '../../core/mask.ts';
import type { AskPerson } from '../../core/module.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { listTasks, type Task } from '../../core/playbook/step-model.ts';
import { toDisplayText } from '../../report/text/display-text.ts';
import { askLine } from '../ask-line.ts';

/** Whether a task of the playbook asks on the terminal while it runs: then the screen is not for the dashboard. */
export const asksWhileItRuns = ({ plays }: Playbook): boolean =>
  plays.some(({ steps, handlers }) => listTasks([...steps, ...handlers]).some(isQuestion));

const isQuestion = ({ module, args }: Task): boolean =>
  module === 'pause' && typeof args === 'object' && args !== null && 'prompt' in args && !('seconds' in args || 'minutes' in args);

/** Asks the person on the terminal, one question at a time. Undefined where there is no terminal. Ctrl-C interrupts the run. */
export function createQuestion(stop: AbortController): AskPerson | undefined {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const questions = new PQueue({ concurrency: 1 });
  return (question, hidden) =>
    questions.add(async () => {
      const lines = toDisplayText(question).split('\n');
      const last = lines.pop() ?? '';
      for (let complaint = ''; !stop.signal.aborted; ) {
        const answer = await askLine(`${last} `, hidden, `${[...lines, ''].join('\n')}${complaint}`);
        if (answer === undefined) stop.abort('SIGINT');
        else if (!hidden || answer === '' || registerSecret(answer)) return answer;
        else complaint = `At least ${MIN_SECRET_LENGTH} characters: a shorter text cannot be hidden in the output.\n`;
      }
      return undefined;
    });
}
