import { type SwarmError, ValidationError } from '../../core/error/swarm-error.ts';

const MAX_PER_FILE = 20;

/** Throws ValidationError when there is a problem: by file and position, each once, the first 20 of a file. */
export function throwIfProblems(problems: readonly SwarmError[]): void {
  if (problems.length === 0) return;
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  const kept = [...problems].sort(comparePosition).filter((problem) => {
    const file = problem.at?.file ?? '';
    const id = `${problem.code} ${file}:${problem.at?.line}:${problem.at?.column} ${problem.message}`;
    if (seen.has(id)) return false;
    seen.add(id);
    const count = (counts.get(file) ?? 0) + 1;
    counts.set(file, count);
    return count <= MAX_PER_FILE;
  });
  throw new ValidationError(kept);
}

function comparePosition({ at: a }: SwarmError, { at: b }: SwarmError): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
