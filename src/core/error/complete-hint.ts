import type { ErrorJson } from './swarm-error.ts';

/** Where an error happened. */
export interface HintContext {
  readonly run: string;
  /** False for a dry run and a command: these are typed again. */
  readonly canGoOn: boolean;
  readonly host: string | undefined;
}

/** The error with a hint whose commands can be typed as they are: with the run and the host in place of `last`, NAME and HOST. */
export function completeHint(error: ErrorJson, { run, canGoOn, host }: HintContext): ErrorJson {
  if (error.hint === undefined) return error;
  const log = host === undefined ? run : `${run} ${host}`;
  const hint = error.hint
    .replace(/\bswarm runs logs(?: last)?(?: HOST)?(?=\.?$)/, () => `swarm runs logs ${log}`)
    .replace(/\b([rR]un)(?: again)?: swarm runs resume last(?:$|(?=\.))/, (command, verb: string, at: number, all: string) =>
      canGoOn ? command : `${verb} the same command again${at + command.length === all.length ? '.' : ''}`,
    )
    .replace(/\bswarm runs (\w+) last\b/g, (_, command: string) => `swarm runs ${command} ${run}`);
  return { ...error, hint: host === undefined ? hint : nameHost(hint, host) };
}

/** The user of the login in place of LOGIN. */
export const nameLogin = (hint: string, login: string): string => hint.replace(/\bLOGIN\b/g, () => login);

/** The host in the commands of a hint that name none. */
export const nameHost = (hint: string, host: string): string =>
  hint.replace(/\b((?:swarm (?:exec|hosts \w+)|ssh) )(?:NAME|HOST)\b/g, (_, command: string) => `${command}${host}`);
