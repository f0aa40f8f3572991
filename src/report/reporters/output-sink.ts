/** A stream for output. When its reader closes it (`| head`), writing stops and the run continues. */
export interface OutputSink {
  write(text: string): void;
  flush(): Promise<void>;
}

/** Opens a sink on a stream. */
export function openOutputSink(out: NodeJS.WritableStream): OutputSink {
  let closed = false;
  out.on('error', () => {
    closed = true;
  });
  return {
    write(text) {
      if (!closed) out.write(text);
    },
    flush: () => new Promise((done) => (closed ? done() : out.write('', () => done()))),
  };
}
