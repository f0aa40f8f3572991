/** How many hosts a batch of `serial:` has: a number, or a percentage of all (at least one host). The last size repeats; without any it
 *  is all of them. */
export function batchSize(serial: readonly (number | `${number}%`)[], index: number, total: number): number {
  const size = serial[Math.min(index, serial.length - 1)];
  if (size === undefined) return total;
  if (typeof size === 'number') return size <= 0 ? total : Math.ceil(size);
  return Math.max(1, Math.floor((Number.parseFloat(size) / 100) * total));
}
