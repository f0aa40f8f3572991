import type { Reporter } from '../../core/reporter.ts';
import { runDocument } from './run-document.ts';

/** Prints the JSON document when the run has ended. */
export function jsonReporter(out: NodeJS.WritableStream): Reporter {
  return {
    event() {},
    close: (state) => new Promise((done) => out.write(`${JSON.stringify(runDocument(state), null, 2)}\n`, () => done())),
  };
}
