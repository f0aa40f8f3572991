import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openOutputSink } from '../../../src/report/reporters/output-sink.ts';

const MEBIBYTE = 'x'.repeat(2 ** 20);

test('a reader that is behind is waited for until it has read', async () => {
  const out = new PassThrough();
  const sink = openOutputSink(out);
  sink.write('a line\n');
  expect(sink.caughtUp()).toBeUndefined();
  sink.write(MEBIBYTE);
  const caughtUp = sink.caughtUp();
  expect(caughtUp).toBeInstanceOf(Promise);
  expect(sink.caughtUp()).toBe(caughtUp);
  out.resume();
  await caughtUp;
  expect(sink.caughtUp()).toBeUndefined();
});

test('a reader that has gone is not waited for', async () => {
  const out = new PassThrough();
  const sink = openOutputSink(out);
  sink.write(MEBIBYTE);
  const caughtUp = sink.caughtUp();
  out.destroy(new Error('EPIPE'));
  await caughtUp;
  sink.write(MEBIBYTE);
  expect(sink.caughtUp()).toBeUndefined();
});
