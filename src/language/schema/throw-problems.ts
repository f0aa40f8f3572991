import { type SwarmError, ValidationError } from '../../core/error/swarm-error.ts';

/** Throws ValidationError when there is a problem: by file and position, each once. */
export function throwIfProblems(problems: readonly SwarmError[]): void {
  if (problems.length === 0) return;
  const seen = new Set<string>();
  const kept = [...problems].sort(comparePosition).filter((problem) => {
    const id = `${problem.code} ${problem.at?.file}:${problem.at?.line}:${problem.at?.column} ${problem.message}`;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  throw new ValidationError(kept);
}

function comparePosition({ at: a }: SwarmError, { at: b }: SwarmError): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
