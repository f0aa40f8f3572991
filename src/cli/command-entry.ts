/** One command of the command line. */
export interface CommandEntry {
  /** The words and arguments as typed: `hosts list [pattern]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly (readonly [flags: string, description: string, repeat?: 'repeat'])[];
  /** Everything after the first argument goes to the command that is run, options included. */
  readonly passThrough?: true;
  /** `-h` is the command's own business. */
  readonly ownHelp?: true;
  readonly hidden?: true;
  /** Its code is imported when it runs, so that a short command starts fast. */
  run(options: never, ...words: never[]): Promise<number>;
}
