import type { Reporter } from '../../core/reporter.ts';
import { openOutputSink } from './output-sink.ts';

/** The events as they are, one JSON object a line: the same objects as in the journal. */
export function ndjsonReporter(out: NodeJS.WritableStream): Reporter {
  const sink = openOutputSink(out);
  return {
    event(event) {
      sink.write(`${JSON.stringify(event)}\n`);
    },
    close: () => sink.flush(),
  };
}
