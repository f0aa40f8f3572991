/** Where lines go. A reader that left (`| head`) ends the writing, not the run. */
export interface OutputSink {
  write(text: string): void;
  flush(): Promise<void>;
}

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
