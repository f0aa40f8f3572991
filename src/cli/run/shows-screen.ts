import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { RUN_ID_VARIABLE } from '../../fleet/runs/detached-run.ts';
import type { GlobalOptions } from '../define-command.ts';
import { isInteractive } from '../output.ts';
import { asksWhileItRuns } from './ask-in-run.ts';

/**
 * Whether a run is shown on the screen. A run that asks needs the terminal for itself. Of a dry run, and of one with --diff, a person
 * wants to read every line, and the screen leaves only the recap behind.
 */
export const showsScreen = (
  options: GlobalOptions,
  playbook: Playbook,
  { step, check, diff }: { readonly step?: boolean; readonly check?: boolean; readonly diff?: boolean },
): boolean =>
  process.env[RUN_ID_VARIABLE] === undefined && isInteractive(options) && !step && !check && !diff && !asksWhileItRuns(playbook);
