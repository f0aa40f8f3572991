/** Several patterns as one that selects what each of them selects. Undefined where none is given. */
export const joinPatterns = (patterns: readonly string[]): string | undefined => (patterns.length === 0 ? undefined : patterns.join(','));
