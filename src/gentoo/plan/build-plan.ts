/** One package to build, with everything that the result is compared with. */
export interface PlanItem {
  readonly cpv: string;
  readonly slot: string;
  readonly subSlot: string;
  readonly repo: string;
  readonly eapi: string | null;
  /** SHA-256 of the ebuild, in hex. Null where the resolver did not say it. */
  readonly ebuild: string | null;
  /** The flags that are on, among those that it has. */
  readonly use: readonly string[];
  readonly iuse: readonly string[];
  /** The flags as emerge shows them, compared with what is published. */
  readonly useText: string;
  readonly restrict: readonly string[];
  /** CHOST, CFLAGS, CXXFLAGS and LDFLAGS. */
  readonly flags: Readonly<Record<string, string>>;
  /** Cpvs of other items that must be published before this one can start. */
  readonly needs: readonly string[];
  /** What has to be installed while it is built, in the order of installing. */
  readonly dependencies: readonly PlannedDependency[];
  /** What it is compiled against or uses at run time: the sub-slots that its recorded dependencies must name. */
  readonly builtWith: readonly PackageSlot[];
  /** What it needs to run and clients have without the binhost. */
  readonly base: readonly (PackageSlot & { readonly use: readonly string[] })[];
  /** Packages of the binhost, by cpv, that do not count for whether clients can install it. */
  readonly ignored: readonly string[];
  readonly reason: 'new' | 'upgrade' | 'rebuild';
  /** Why: who needs it, what it replaces, what differs. */
  readonly because: string;
}

/** A version of a package with its slot. */
export interface PackageSlot {
  readonly cpv: string;
  readonly slot: string;
  readonly subSlot: string;
}

/** A package that must be installed on the drone while an item is built there. */
export interface PlannedDependency extends PackageSlot {
  /** `base`: part of the system that every drone has. `binary`: from the binhost. `source`: compiled on the drone, as it may not be published. */
  readonly from: 'base' | 'binary' | 'source';
}

/** A package that a client needs at run time and that the binhost will not have. */
export interface Unpublishable {
  readonly cpv: string;
  /** `bindist`: RESTRICT forbids publishing it. `no ebuild`: it is installed on the host, but its ebuild is gone. */
  readonly reason: 'bindist' | 'no ebuild';
}

/** What to build, and what the binhost will not have. */
export interface BuildPlan {
  readonly items: readonly PlanItem[];
  readonly unpublishable: readonly Unpublishable[];
  /** What clients need of all that was asked for, by cpv: also what is published. */
  readonly wanted: readonly string[];
}
