/** Whether a program of the host says that it could not write for lack of space. */
export const isDiskFull = (stderr: string): boolean => /No space left on device|Disk quota exceeded/.test(stderr);
