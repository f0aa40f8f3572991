/** How long each stage of reaching a host may take, in milliseconds. */
export interface StageTimeouts {
  /** Until the address, or the jump host, opens a connection. */
  readonly connect: number;
  /** Until the SSH server has proved its host key. */
  readonly handshake: number;
  /** Until the server has accepted the login. */
  readonly login: number;
  /** Until the login shell, with its start-up files, answers. */
  readonly shell: number;
  /** Until sudo, doas or su has started its shell. */
  readonly become: number;
}

/** A stage of reaching a host, as `timeouts:` of the inventory names it. */
export type Stage = keyof StageTimeouts;

/** The stages in their order. */
export const STAGES = ['connect', 'handshake', 'login', 'shell', 'become'] as const satisfies readonly Stage[];

/** What holds where the inventory has no `timeouts:`. */
export const DEFAULT_STAGE_TIMEOUTS: StageTimeouts = { connect: 10_000, handshake: 10_000, login: 30_000, shell: 20_000, become: 20_000 };

/** What to type to allow a stage more time. */
export const moreTimeHint = (stage: Stage, ms: number): string =>
  `To allow more time, write timeouts: { ${stage}: ${Math.ceil((ms * 3) / 1000)}s } for the host in the inventory.`;

/** The same time for every stage. */
export const allStages = (ms: number): StageTimeouts => ({ connect: ms, handshake: ms, login: ms, shell: ms, become: ms });
