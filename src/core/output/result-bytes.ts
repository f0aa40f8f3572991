/** Of what a command prints, the result that `register` stores has the last bytes, this many of each stream: a hundred hosts may run it. */
export const RESULT_BYTES = 4 * 1024 * 1024;
