/** How a run of the past is played: the time of the run against that of the clock. */
export interface Playback {
  /** How many times faster than it was; 0 while it rests. */
  speed(): number;
  /** Milliseconds of the run's own time since the start of the playing. */
  now(): number;
  /** Nothing happened for long: forward to this moment. */
  skipTo(ms: number): void;
  rest(): void;
  faster(): void;
  slower(): void;
  /** Resolves when speed or rest are changed. */
  changed(): Promise<void>;
}

const FASTEST = 4096;
const SLOWEST = 1 / 16;

/** Starts at once with a speed above 0. */
export function playback(speed: number, clock: () => number = () => performance.now()): Playback {
  let pace = speed;
  let resting = false;
  let from = { clock: clock(), ms: 0 };
  let tell: () => void = () => {};
  let change = new Promise<void>((done) => {
    tell = done;
  });
  const now = (): number => from.ms + (resting ? 0 : (clock() - from.clock) * pace);
  const set = (next: { readonly pace?: number; readonly resting?: boolean; readonly ms?: number }): void => {
    from = { clock: clock(), ms: next.ms ?? now() };
    pace = next.pace ?? pace;
    resting = next.resting ?? resting;
    const rung = tell;
    change = new Promise((done) => {
      tell = done;
    });
    rung();
  };
  return {
    speed: () => (resting ? 0 : pace),
    now,
    skipTo: (ms) => {
      if (ms > now()) set({ ms });
    },
    rest: () => set({ resting: !resting }),
    faster: () => set({ pace: Math.min(FASTEST, pace * 2) }),
    slower: () => set({ pace: Math.max(SLOWEST, pace / 2) }),
    changed: () => change,
  };
}
