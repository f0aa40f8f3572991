import { readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Span } from '../core/span.ts';

/** The file of a module of the project. */
export interface ModuleFile {
  readonly name: string;
  /** Absolute path in the modules/ folder of the project. */
  readonly file: string;
}

/** The first line of the project's own code in the stack of an error. */
export function moduleSpanOf(of: ModuleFile, thrown: unknown): Span | undefined {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const own = `${projectOf(of)}${sep}`;
  // a stack frame, or the position at the end of a compiler's message; only the latter has the right column
  for (const [, at, path = '', line, column] of stack.matchAll(/^ +(at .*?)?((?:file:\/\/)?\/[^():]+):(\d+):(\d+)\)?$/gm)) {
    const file = path.startsWith('file://') ? fileURLToPath(path) : path;
    if (file.startsWith(own) && !file.includes(`${sep}node_modules${sep}`))
      return moduleLineSpan({ ...of, file }, Number(line), at === undefined ? Number(column) + 1 : 0, projectOf(of));
  }
  return undefined;
}

/** The folder of the project. */
export const projectOf = ({ file }: ModuleFile): string => dirname(dirname(file));

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The first line that matches, else 1. */
export function findModuleLine({ file }: ModuleFile, pattern: RegExp): number {
  return (
    Math.max(
      0,
      linesOf(file).findIndex((text) => pattern.test(text)),
    ) + 1
  );
}

/** A line of the file. Without a column, the whole line is marked. */
export function moduleLineSpan(of: ModuleFile, line: number, column = 0, project = projectOf(of)): Span {
  const text = (linesOf(of.file)[line - 1] ?? '').trimEnd();
  const indent = text.length - text.trimStart().length;
  const file = relative(project, of.file);
  return column > 0
    ? { file, line, column, length: 1, text }
    : { file, line, column: indent + 1, length: Math.max(1, text.length - indent), text };
}
