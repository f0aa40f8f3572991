import { z } from 'zod';
import { RESULT_SIZE } from '../core/output/result-bytes.ts';

const hostPath = z
  .string()
  .min(1)
  .regex(/^(?!~)/, 'must not begin with ~, which only a shell replaces')
  .optional();

/** The args that command and shell share. */
export const commandArgs = {
  chdir: hostPath.describe('Folder of the host to run in'),
  creates: hostPath.describe('Skip where this path exists, or where one matches its *, ? and [ ]'),
  removes: hostPath.describe('Skip where this path does not exist'),
  stdin: z.string().optional().describe('Text that the program reads'),
};

/** What command and shell register, by Ansible's names. */
export const commandReturns = z.strictObject({
  rc: z.int().describe('Exit status'),
  stdout: z.string(),
  stderr: z.string(),
  stdout_lines: z.array(z.string()).readonly().describe('Lines of stdout'),
  stderr_lines: z.array(z.string()).readonly(),
  cmd: z.array(z.string()).readonly().describe('The program and its arguments'),
  host: z.string().exactOptional().describe('The host on which it ran'),
  start: z.string().exactOptional().describe('When it began, by the clock of this machine: 2026-12-01T08:30:00.000Z'),
  end: z.string().exactOptional().describe('When it ended'),
  delta: z.string().exactOptional().describe('How long it ran: 0:00:02.500'),
  ms: z.number().exactOptional().describe('The same in milliseconds'),
  truncated: z
    .literal(true)
    .exactOptional()
    .describe(
      `More than ${RESULT_SIZE} were printed, or 64 KiB where nothing uses the result: the beginning is missing here, not in the log`,
    ),
  skipped_because: z.string().exactOptional().describe('Why creates or removes kept it from running'),
});

/** What command and shell register. */
export type CommandResult = z.output<typeof commandReturns>;
