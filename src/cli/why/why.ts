import type { WhyAnswer } from '../../builds/client/answer-why.ts';
import { openProject } from '../../fleet/project/project.ts';
import { askWhy, readPackageName } from '../../fleet/why/ask-why.ts';
import { displayText } from '../../report/text/display-text.ts';
import { printResult } from '../output.ts';
import { watchSignals } from '../run/interrupt-signals.ts';
import type { WhyFlags } from './why-command.ts';

/** `swarm why ATOM`: exit 4 where a host that was asked does not answer. */
export async function whyCommand(atom: string, options: WhyFlags): Promise<number> {
  const name = readPackageName(atom); // before the project, so that a typing error is reported first
  const project = await openProject(options);
  const stop = new AbortController();
  watchSignals(stop);
  const { answers, unreachable } = await askWhy(project, { atom, name }, options, stop.signal);
  printResult(options, { atom, answers }, () => answers.flatMap(formatAnswer));
  return unreachable ? 4 : 0;
}

const formatAnswer = ({ question, answer, because }: WhyAnswer) => [displayText`${question} ${answer}`, displayText`  ${because}`];
