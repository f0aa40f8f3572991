import { maskText } from '../../core/mask.ts';

let streamsMasked = false;

/** Hides every known secret in all that this process writes to its own streams, an unexpected error too. */
export function maskStandardStreams(): void {
  if (streamsMasked) return;
  streamsMasked = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = ((chunk: unknown, ...rest: unknown[]) =>
      write(typeof chunk === 'string' ? maskText(chunk) : chunk, ...rest)) as typeof stream.write;
  }
}
