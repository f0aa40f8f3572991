import type { RunState } from '../../core/run-state.ts';
import type { Journal } from '../../journal/journal.ts';
import { execLines } from '../../report/reporters/exec-lines.ts';
import { json } from '../../report/reporters/json-reporter.ts';
import { ndjson } from '../../report/reporters/ndjson-reporter.ts';
import type { ExecFlags } from '../options.ts';
import { lookFor } from '../output.ts';

/** `host │ line` on stdout, failures on stderr; or what -o asks for. */
export function attachExecReporter(journal: Journal, options: ExecFlags): (state: RunState) => Promise<void> {
  const reporter =
    options.output === 'json'
      ? json(process.stdout)
      : options.output === 'ndjson'
        ? ndjson(process.stdout)
        : execLines(process.stdout, process.stderr, lookFor(options, process.stdout), options.group === true);
  journal.subscribe((event, state) => reporter.event(event, state));
  return (state) => reporter.close(state);
}
