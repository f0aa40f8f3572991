import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { findPlaybook, listPlaybookNames } from '../../fleet/project/find-playbook.ts';
import { consumesOptions } from '../../language/playbook/playbook-options.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';

/** The words of `swarm run`: the name of the playbook, and all others in their order. */
export interface RunWords {
  readonly name: string;
  readonly args: readonly string[];
}

/**
 * Finds the name of the playbook where options of the playbook stand before it: `--port 99 first`. It is the first playbook that
 * declares all options before it. Throws SW1202 where no word is the name of a playbook.
 */
export async function findPlaybookName(
  words: readonly string[],
  project: string | undefined,
  load: (name: string) => Promise<Playbook>,
): Promise<RunWords> {
  const [first = ''] = words;
  if (!first.startsWith('-')) return { name: first, args: words.slice(1) };
  const end = words.indexOf('--');
  const own = words.slice(0, end < 0 ? words.length : end + 2);
  const known = own.flatMap((word, at) => (!word.startsWith('-') && findPlaybook(word, project) !== undefined ? [at] : []));
  const chosen = (await firstThatFits(known, words, load)) ?? known[0];
  const name = words[chosen ?? -1];
  if (chosen === undefined || name === undefined) throw missingNameError(words, project);
  return { name, args: words.toSpliced(chosen, 1) };
}

async function firstThatFits(
  places: readonly number[],
  words: readonly string[],
  load: (name: string) => Promise<Playbook>,
): Promise<number | undefined> {
  if (places.length < 2) return places[0];
  for (const at of places) if (consumesOptions(await load(words[at] ?? ''), words.slice(0, at))) return at;
  return undefined;
}

function missingNameError(words: readonly string[], project: string | undefined): SwarmError {
  const [option = ''] = words;
  const names = listPlaybookNames(project);
  return new SwarmError('SW1202', `${option} is not an option of swarm run, and no word of the command line is the name of a playbook.`, {
    hint: `The playbooks are: ${names.join(', ')}. Write one of them, for example: swarm run ${quoteWord(names[0] ?? 'NAME')} ${words.map(quoteWord).join(' ')}`,
  });
}
