/** A host can print megabytes where a sentence is expected, and each screen, log and message would have all of it. */
export const MAX_SENTENCE = 4000;
export const MAX_DETAIL = 64 * 1024;

/** The beginning of a text that is too long, with how much is missing. */
export const shortenText = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit)} [${text.length - limit} characters more]`;
