/** Of what a command prints, the result that `register` stores has the last bytes, this many of each stream: a hundred hosts may run it. */
export const RESULT_BYTES = 4 * 1024 * 1024;

/** The same for people. */
export const RESULT_SIZE = `${RESULT_BYTES / 1024 ** 2} MiB`;
