/** Where lines go. A reader that left (`| head`) ends the writing, not the run. */
export interface Sink {
  write(text: string): void;
  flushed(): Promise<void>;
}

export function sinkOf(out: NodeJS.WritableStream): Sink {
  let gone = false;
  out.on('error', () => {
    gone = true;
  });
  return {
    write(text) {
      if (!gone) out.write(text);
    },
    flushed: () => new Promise((done) => (gone ? done() : out.write('', () => done()))),
  };
}
