/** What a test may break on one drone. Everything is off until asked for, and lasts until taken back unless it says "next". */
export interface Faults {
  /** Tunnels in both directions are refused, as with AllowTcpForwarding no. */
  forwards: 'allowed' | 'refused';
  /** Milliseconds that every byte takes, each way. */
  delayMs: number;
  /** The next command output with `marker` in it has one bit flipped, `skip` bytes behind the marker's end. */
  flip(marker?: string, skip?: number): void;
  /** The next command output with `marker` in it ends `skip` bytes behind the marker's end, with exit status 0. */
  truncate(marker?: string, skip?: number): void;
  /** Takes back every flip and truncate that did not happen yet. */
  clear(): void;
  /** How the output of one command is changed on its way; a fresh one for each command. */
  damageOutput(line: string | undefined): (chunk: Buffer) => Buffer;
}

interface Damage {
  readonly kind: 'flip' | 'truncate';
  readonly marker: Buffer;
  readonly skip: number;
}

/** Default marker: the tar header of a gpkg's image, so that a package is hit whichever way it is read. */
const IMAGE = 'image.tar';

export function createFaults(): Faults {
  const planned: Damage[] = [];
  return {
    forwards: 'allowed',
    delayMs: 0,
    flip: (marker = IMAGE, skip = 600) => void planned.push({ kind: 'flip', marker: Buffer.from(marker), skip }),
    truncate: (marker = IMAGE, skip = 600) => void planned.push({ kind: 'truncate', marker: Buffer.from(marker), skip }),
    clear: () => void planned.splice(0),
    damageOutput: () => createDamager(planned),
  };
}

function createDamager(planned: Damage[]): (chunk: Buffer) => Buffer {
  let tail = Buffer.alloc(0); // the end of what passed: a marker may lie across two chunks
  let hit: { readonly kind: Damage['kind']; left: number } | undefined;
  return (chunk) => {
    if (hit === undefined) {
      const damage = planned[0];
      if (damage === undefined) return chunk;
      const seen = Buffer.concat([tail, chunk]);
      const at = seen.indexOf(damage.marker);
      if (at === -1) {
        tail = seen.subarray(Math.max(0, seen.length - damage.marker.length + 1));
        return chunk;
      }
      planned.shift();
      hit = { kind: damage.kind, left: at + damage.marker.length + damage.skip - tail.length };
    }
    const at = hit.left;
    hit.left -= chunk.length;
    if (at >= chunk.length) return chunk;
    if (hit.kind === 'truncate') return chunk.subarray(0, Math.max(0, at));
    if (at < 0) return chunk;
    const bent = Buffer.from(chunk);
    bent[at] = (bent[at] ?? 0) ^ 1;
    return bent;
  };
}
