import type { WhyAnswer } from '../../builds/client/why-answer.ts';
import { errorKind } from '../../core/error-codes.ts';
import { openProject } from '../../fleet/project/project.ts';
import { askWhy, readPackageName } from '../../fleet/why/ask-why.ts';
import { displayText } from '../../report/text/display-text.ts';
import { printResult } from '../output.ts';
import { watchSignals } from '../run/interrupt-signals.ts';
import type { WhyFlags } from './why-command.ts';

/** `swarm why ATOM`: exit 4 where a host that was asked is unreachable, 7 where it is not trusted or proves another machine. */
export async function whyCommand(atom: string, options: WhyFlags): Promise<number> {
  const name = readPackageName(atom); // before the project, so that a typing error is reported first
  const project = await openProject(options);
  const stop = new AbortController();
  watchSignals(stop);
  const { answers, failed } = await askWhy(project, { atom, name }, options, stop.signal);
  printResult(options, { atom, answers }, () => answers.flatMap(formatAnswer));
  if (failed.some(({ code }) => errorKind(code).outcome === 'refused')) return 7;
  return failed.length > 0 ? 4 : 0;
}

const formatAnswer = ({ question, answer, because }: WhyAnswer) => [displayText`${question} ${answer}`, displayText`  ${because}`];
