import type { Reporter } from '../../core/reporter.ts';
import { execReporter } from '../../report/reporters/exec-lines.ts';
import { execJsonReporter } from '../../report/reporters/json-reporter.ts';
import { ndjsonReporter } from '../../report/reporters/ndjson-reporter.ts';
import { openOutputSpool } from '../../report/reporters/output-spool.ts';
import { terminalStyleFor } from '../output.ts';
import type { ExecFlags } from './exec-command.ts';

/** `host │ line` on stdout, failures on stderr; or what -o asks for. Output that waits for the end is in the folder of the run. */
export function chooseExecReporter(options: ExecFlags, runDir: string): Reporter {
  if (options.output === 'json') return execJsonReporter(process.stdout, openOutputSpool(runDir));
  if (options.output === 'ndjson') return ndjsonReporter(process.stdout);
  return execReporter(
    process.stdout,
    process.stderr,
    terminalStyleFor(options, process.stdout),
    options.group === true ? openOutputSpool(runDir) : undefined,
  );
}
