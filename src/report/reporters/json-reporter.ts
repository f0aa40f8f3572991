import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import { type JsonDocument, runDocument } from './run-document.ts';

/** Prints the JSON document when the run has ended. */
export function jsonReporter(out: NodeJS.WritableStream): Reporter {
  return {
    event() {},
    close: async (state) => (state === undefined ? undefined : printDocument(out, runDocument(state))),
  };
}

/** `swarm exec -o json`: the document of a run, and for each host the output and the exit status of the command. */
export function execJsonReporter(out: NodeJS.WritableStream): Reporter {
  const output = new Map<string, HostOutput>();
  const outputOf = (host: string): HostOutput => {
    const found = output.get(host) ?? { stdout: [], stderr: [], exit: null };
    output.set(host, found);
    return found;
  };
  return {
    event(event) {
      if (event.type === 'task.output') outputOf(event.host)[event.stream].push(event.lines.join('\n'));
      else if (event.type === 'task.finished') outputOf(event.host).exit = exitStatusOf(event);
    },
    async close(state) {
      if (state === undefined) return;
      const document = runDocument(state);
      const hosts = Object.entries(document.hosts).map(([name, host]): readonly [string, JsonDocument] => {
        const { stdout, stderr, exit } = outputOf(name);
        return [name, { ...host, stdout: stdout.join('\n'), stderr: stderr.join('\n'), exit }];
      });
      await printDocument(out, { ...document, hosts: Object.fromEntries(hosts) });
    },
  };
}

interface HostOutput {
  readonly stdout: string[];
  readonly stderr: string[];
  /** Null where the command did not run to its end. */
  exit: number | null;
}

function exitStatusOf({ result }: Extract<RunEvent, { readonly type: 'task.finished' }>): number | null {
  const exit = typeof result === 'object' && result !== null && 'rc' in result ? result['rc'] : null;
  return typeof exit === 'number' ? exit : null;
}

const printDocument = (out: NodeJS.WritableStream, document: JsonDocument): Promise<void> =>
  new Promise((done) => out.write(`${JSON.stringify(document, null, 2)}\n`, () => done()));
