import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openOutputSink } from '../../../src/report/reporters/output-sink.ts';

const MEBIBYTE = 'x'.repeat(2 ** 20);

test('a reader that is behind is waited for until it has read', async () => {
  const out = new PassThrough();
  const sink = openOutputSink(out);
  sink.write('a line\n');
  expect(sink.outputGate()).toBeUndefined();
  sink.write(MEBIBYTE);
  const outputGate = sink.outputGate();
  expect(outputGate).toBeInstanceOf(Promise);
  expect(sink.outputGate()).toBe(outputGate);
  out.resume();
  await outputGate;
  expect(sink.outputGate()).toBeUndefined();
});

test('a reader that has gone is not waited for', async () => {
  const out = new PassThrough();
  const sink = openOutputSink(out);
  sink.write(MEBIBYTE);
  const outputGate = sink.outputGate();
  out.destroy(new Error('EPIPE'));
  await outputGate;
  sink.write(MEBIBYTE);
  expect(sink.outputGate()).toBeUndefined();
});
