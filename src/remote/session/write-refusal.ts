const HINTS: readonly (readonly [RegExp, (path: string) => string])[] = [
  [
    /Device or resource busy/,
    (path) => `The file is mounted by itself, so no new file can take its place. To see from where, run on the host: findmnt ${path}`,
  ],
  [/Operation not permitted/, (path) => `The file or its folder may be immutable. To see that, run on the host: lsattr -d ${path}`],
  [/Read-only file system/, (path) => `To see the file system, run on the host: findmnt -T ${path}`],
];

/** What to do where a host refuses to put a file in place; undefined for a reason that says it itself. */
export const writeRefusalHint = (why: string, path: string): string | undefined => HINTS.find(([pattern]) => pattern.test(why))?.[1](path);
