import { randomUUID } from 'node:crypto';
import type { RunEvent } from '../../core/event.ts';
import type { Json } from '../../core/json-value.ts';
import type { Reporter } from '../../core/reporter.ts';
import { openOutputSink } from './output-sink.ts';
import type { OutputSpool } from './output-spool.ts';
import { addResult } from './result-reporter.ts';
import { type JsonDocument, runDocument } from './run-document.ts';

/** `swarm task --result -o json`: the document of a run, and for each host what the module returned. */
export function resultJsonReporter(out: NodeJS.WritableStream): Reporter {
  const results = new Map<string, Json>();
  return {
    event: (event) => addResult(results, event),
    async close(state) {
      if (state === undefined) return;
      const document = runDocument(state);
      const hosts = Object.entries(document.hosts).map(([name, host]) => [name, { ...host, result: results.get(name) ?? null }]);
      await printDocument(out, { ...document, hosts: Object.fromEntries(hosts) });
    },
  };
}

/** Prints the JSON document when the run has ended. */
export function jsonReporter(out: NodeJS.WritableStream): Reporter {
  return {
    event() {},
    close: async (state) => (state === undefined ? undefined : printDocument(out, runDocument(state))),
  };
}

/** `swarm exec -o json`: the document of a run, and for each host the output and the exit status of the command. The output waits in the
 *  spool, as the text of a JSON string. */
export function execJsonReporter(out: NodeJS.WritableStream, spool: OutputSpool): Reporter {
  const sink = openOutputSink(out);
  const exits = new Map<string, number | null>();
  return {
    event(event) {
      if (event.type === 'task.output') {
        const key = `${event.stream} ${event.host}`;
        const text = JSON.stringify(event.lines.join('\n')).slice(1, -1);
        spool.append(key, spool.has(key) ? `\\n${text}` : text);
      } else if (event.type === 'task.finished') exits.set(event.host, exitStatusOf(event));
    },
    async close(state) {
      if (state !== undefined) {
        const mark = randomUUID(); // stands for the output in the document
        const document = runDocument(state);
        const hosts = Object.entries(document.hosts).map(([name, host]): readonly [string, JsonDocument] => [
          name,
          { ...host, stdout: mark, stderr: mark, exit: exits.get(name) ?? null },
        ]);
        const keys = hosts.flatMap(([name]) => [`stdout ${name}`, `stderr ${name}`]);
        const parts = JSON.stringify({ ...document, hosts: Object.fromEntries(hosts) }, null, 2).split(mark);
        for (const [index, part] of parts.entries()) {
          sink.write(part);
          await spool.copyTo(keys[index] ?? '', sink);
        }
        sink.write('\n');
      }
      await sink.flush();
      spool.close();
    },
  };
}

function exitStatusOf({ result }: Extract<RunEvent, { readonly type: 'task.finished' }>): number | null {
  const exit = typeof result === 'object' && result !== null && 'rc' in result ? result['rc'] : null;
  return typeof exit === 'number' ? exit : null;
}

const printDocument = (out: NodeJS.WritableStream, document: JsonDocument): Promise<void> =>
  new Promise((done) => out.write(`${JSON.stringify(document, null, 2)}\n`, () => done()));
