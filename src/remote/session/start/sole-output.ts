import type { Become } from '../../../core/inventory/login.ts';
import { readProgram } from '../../../core/program/package-root.ts';
import { joinProgramLines } from '../../identity/probe.ts';
import { newNonce } from '../session.ts';

/** What the first shell of a link found of processes that start-up files left behind: none, one that ended, or one that stays. */
type Found = 'none' | 'ended' | 'stays';

/** For a process that stays, await-sole-output.sh waits so many times. */
const MOST_WAITS = 15;

/** What the shells of a link found, by the user that they became. */
export type LeftBehind = Map<string, Found>;

interface SoleOutput {
  /** Comes before the text that a shell is started for. */
  readonly text: string;
  /** Remembers for the link what the shell found. `printed` is what it printed before its answer. */
  learn(printed: string): void;
}

/** The wait for processes that start-up files left behind. Every shell of a link runs the same files: where the first found none, or one that
 *  stays, no further shell of that user looks. */
export function awaitSoleOutput(known: LeftBehind = new Map(), become?: Become): SoleOutput {
  const user = become === undefined ? '' : `${become.method} ${become.user}`;
  if ([...known.values()].includes('stays') || known.get(user) === 'none') return { text: '', learn: () => undefined };
  const mark = newNonce();
  return {
    text: `${joinProgramLines(readProgram('src/remote/session/start/await-sole-output.sh'))};echo ${mark} $waited.`,
    learn: (printed) => {
      const [, waited] = new RegExp(`^${mark} (x*)\\.$`, 'm').exec(printed) ?? [];
      if (waited !== undefined) known.set(user, waited === '' ? 'none' : waited.length < MOST_WAITS ? 'ended' : 'stays');
    },
  };
}
