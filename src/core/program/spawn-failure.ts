/** The limits that a program of this machine was given. */
export interface ProgramLimits {
  readonly timeMs: number;
  readonly bytes: number;
}

/** How a program of this machine ended, and what it printed. */
export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started, or was stopped: ENOENT, ETIMEDOUT, ENOBUFS. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Why a program of this machine gave no result, as the end of a sentence: `ended with 3: no such key`. */
export function describeSpawnFailure({ code, message, status, signal, stderr }: ProgramResult, { timeMs, bytes }: ProgramLimits): string {
  switch (code) {
    case 'ENOENT':
      return 'does not exist on this machine, or the program in its first line does not';
    case 'EACCES':
      return 'may not be run';
    case 'ETIMEDOUT':
      return `ran longer than ${timeMs / 1000} s`;
    case 'ENOBUFS':
      return `printed more than ${bytes / 1024 ** 2} MiB`;
    case 'ENOEXEC':
      return 'is not a program: its first line must name one, such as #!/bin/sh';
    default: {
      const said = stderr.trim().split('\n').at(-1) ?? '';
      return message ?? `ended with ${status ?? signal}${said === '' ? '' : `: ${said}`}`;
    }
  }
}
