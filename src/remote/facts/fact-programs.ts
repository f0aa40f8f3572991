import { readProgram } from '../../core/program/package-root.ts';
import { LOCAL_FACT_SECONDS, LOCAL_FACTS_FOLDER } from './parse-local-facts.ts';

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
