import type { Node } from 'yaml';

/** A module of a task, converted. */
export interface ConvertedModule {
  readonly name: string;
  readonly args: Node | null;
  /** Keywords that the task gets beside it. */
  readonly keywords: Readonly<Record<string, boolean | string>>;
}
