/** How the arguments of a module of Ansible differ from those of the module of swarm. What is not named here has the same name. */
export interface ModuleRule {
  /** The module of swarm, where it has another name. */
  readonly to?: string;
  /** Arguments with another name. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Arguments that go, where they have one of these values; `any`: whatever they have. */
  readonly drop?: Readonly<Record<string, readonly (string | number | boolean)[] | 'any'>>;
  /** Values with another name. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  /** What Ansible does without an argument, where swarm does something else. */
  readonly add?: Readonly<Record<string, string | number | boolean>>;
  /** What means something else, for each argument that has it. */
  readonly note?: Readonly<Record<string, string>>;
}

/** Values for `drop`. */
export const FALSE = [false] as const;
export const TRUE = [true] as const;

/** Of every module that writes a file. */
export const FILE_DROPS: NonNullable<ModuleRule['drop']> = {
  ...{ follow: 'any', unsafe_writes: 'any', attributes: FALSE },
  ...{ seuser: 'any', serole: 'any', setype: 'any', selevel: 'any' },
};

/** By the name of the module in Ansible, without its collection. */
export type ModuleRules = Readonly<Record<string, ModuleRule>>;
