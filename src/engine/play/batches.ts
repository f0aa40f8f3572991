/** Splits hosts into the batches of `serial:`. A size is a number or a percentage (at least one host); the last size repeats. */
export function splitIntoBatches<T>(hosts: readonly T[], serial: readonly (number | `${number}%`)[]): readonly (readonly T[])[] {
  if (hosts.length === 0) return [];
  const batches: (readonly T[])[] = [];
  for (let at = 0, index = 0; at < hosts.length; index++) {
    const size = batchSize(serial[Math.min(index, serial.length - 1)], hosts.length);
    batches.push(hosts.slice(at, at + size));
    at += size;
  }
  return batches;
}

function batchSize(serial: number | `${number}%` | undefined, total: number): number {
  if (serial === undefined) return total;
  if (typeof serial === 'number') return serial <= 0 ? total : Math.ceil(serial);
  return Math.max(1, Math.floor((Number.parseFloat(serial) / 100) * total));
}
