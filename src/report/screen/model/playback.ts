/** How a run of the past is played: the time of the run against that of the clock. */
export interface Playback {
  /** How many times faster than it was; 0 while it is paused. */
  speed(): number;
  /** Milliseconds of the run's own time since the start of the playing. */
  now(): number;
  /** Nothing happened for long: forward to this moment. */
  skipTo(ms: number): void;
  /** Pauses, or continues. */
  pause(): void;
  faster(): void;
  slower(): void;
  /** Resolves when the speed has changed, or it was paused or continued. */
  changed(): Promise<void>;
}

const MAX_SPEED = 4096;
const MIN_SPEED = 1 / 16;

/** Starts at once with a speed above 0. */
export function createPlayback(speed: number, clock: () => number = () => performance.now()): Playback {
  let pace = speed;
  let paused = false;
  let from = { clock: clock(), ms: 0 };
  let resolveChange: () => void = () => {};
  let change = new Promise<void>((done) => {
    resolveChange = done;
  });
  const now = (): number => from.ms + (paused ? 0 : (clock() - from.clock) * pace);
  const restart = (next: { readonly pace?: number; readonly paused?: boolean; readonly ms?: number }): void => {
    from = { clock: clock(), ms: next.ms ?? now() };
    pace = next.pace ?? pace;
    paused = next.paused ?? paused;
    const rung = resolveChange;
    change = new Promise((done) => {
      resolveChange = done;
    });
    rung();
  };
  return {
    speed: () => (paused ? 0 : pace),
    now,
    skipTo: (ms) => {
      if (ms > now()) restart({ ms });
    },
    pause: () => restart({ paused: !paused }),
    faster: () => restart({ pace: Math.min(MAX_SPEED, pace * 2) }),
    slower: () => restart({ pace: Math.max(MIN_SPEED, pace / 2) }),
    changed: () => change,
  };
}
