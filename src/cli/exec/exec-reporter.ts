import type { RunState } from '../../core/run-state.ts';
import type { Journal } from '../../journal/journal.ts';
import { execReporter } from '../../report/reporters/exec-lines.ts';
import { jsonReporter } from '../../report/reporters/json-reporter.ts';
import { ndjsonReporter } from '../../report/reporters/ndjson-reporter.ts';
import { terminalStyleFor } from '../output.ts';
import type { ExecFlags } from './exec-command.ts';

/** `host │ line` on stdout, failures on stderr; or what -o asks for. */
export function attachExecReporter(journal: Journal, options: ExecFlags): (state: RunState) => Promise<void> {
  const reporter =
    options.output === 'json'
      ? jsonReporter(process.stdout)
      : options.output === 'ndjson'
        ? ndjsonReporter(process.stdout)
        : execReporter(process.stdout, process.stderr, terminalStyleFor(options, process.stdout), options.group === true);
  journal.subscribe((event, state) => reporter.event(event, state));
  return (state) => reporter.close(state);
}
