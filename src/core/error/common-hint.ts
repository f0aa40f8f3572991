/** A host, and the hint of its error. */
export interface HostHint {
  readonly host: string;
  readonly hint: string;
}

const ANY_HOST = '\u0000';

/** One hint for several hosts: the first one, with the names of all hosts that have the same. A command that takes one host names the first. */
export function commonHint(hints: readonly HostHint[]): string | undefined {
  const [first] = hints;
  if (first === undefined) return undefined;
  const general = replaceHost(first.hint, first.host, ANY_HOST);
  const names = hints.filter(({ host, hint }) => replaceHost(hint, host, ANY_HOST) === general).map(({ host }) => host);
  return general
    .replace(/\b(swarm hosts trust )\0/g, `$1${names.join(' ')}`)
    .replace(/(\bswarm (?:exec|doctor|hosts verify) | -l )\0/g, `$1${names.join(',')}`)
    .replace(/\bswarm [^.:;]*?\0/g, (command) => command.replaceAll(ANY_HOST, first.host))
    .replaceAll(ANY_HOST, names.join(', '));
}

/** The text with another word for the name of the host, where it stands alone. */
export function replaceHost(text: string, host: string, word: string): string {
  if (host === '') return text;
  return text.replace(new RegExp(`(?<![\\w-])${escapeRegExp(host)}(?![\\w-])`, 'g'), () => word);
}

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
