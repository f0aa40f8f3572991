import type { Reporter } from '../../core/reporter.ts';
import { openOutputSink } from './output-sink.ts';

/** Prints each event as one line of JSON, as in the journal. */
export function ndjsonReporter(out: NodeJS.WritableStream): Reporter {
  const sink = openOutputSink(out);
  return {
    event(event) {
      sink.write(`${JSON.stringify(event)}\n`);
    },
    outputGate: sink.outputGate,
    close: () => sink.flush(),
  };
}
