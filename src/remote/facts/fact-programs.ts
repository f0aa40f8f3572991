import type { Vars } from '../../core/json-value.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { parseFacts } from './parse-facts.ts';
import { LOCAL_FACT_SECONDS, LOCAL_FACTS_FOLDER, type LocalFacts, parseLocalFacts } from './parse-local-facts.ts';

/** A program that prints facts of a host, and its arguments. */
export interface FactProgram {
  readonly script: string;
  readonly words: readonly string[];
}

/** Prints what `parseFacts` reads. */
export const factsProgram = (): FactProgram => ({ script: readProgram('src/remote/facts/facts.sh'), words: [] });

/** Prints what `parseLocalFacts` reads. */
export const localFactsProgram = (): FactProgram => ({
  script: readProgram('src/remote/facts/local-facts.sh'),
  words: [LOCAL_FACTS_FOLDER, String(LOCAL_FACT_SECONDS)],
});

/** The command that runs such a program. */
export const factCommand = ({ script, words }: FactProgram): readonly [string, ...string[]] => ['/bin/sh', '-c', script, 'sh', ...words];

/** All facts of a host, those in its files as `local`. `ask` runs a program there and returns what it prints. `problems` are of the files. */
export async function readAllFacts(
  ask: (program: FactProgram) => Promise<string>,
): Promise<{ readonly facts: Vars } & Pick<LocalFacts, 'problems'>> {
  const probed = parseFacts(await ask(factsProgram()));
  const { facts: local, problems } = parseLocalFacts(await ask(localFactsProgram()));
  return { facts: { ...probed, local }, problems };
}
