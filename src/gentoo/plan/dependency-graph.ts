import { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { isCpv } from '../atom/cpv.ts';
import { packageMoveSchema } from '../binhost/package-moves.ts';

const edgeKindSchema = z.enum(['BDEPEND', 'DEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND']);
/** How one package depends on another. */
export type GraphEdgeKind = z.infer<typeof edgeKindSchema>;

const graphPackageSchema = z.object({
  /** `ebuild:dev-libs/boost-1.88.0:0::gentoo`; a binary's ends in #BUILD_ID. */
  id: z.string(),
  cpv: z.string().refine(isCpv, 'is not a package with its version'), // becomes a part of the names of files here
  cp: z.string(),
  version: z.string(),
  slot: z.string(),
  sub_slot: z.string(),
  repo: z.string(),
  root: z.string(),
  type: z.enum(['ebuild', 'binary', 'installed']),
  operation: z.enum(['merge', 'nomerge', 'uninstall']),
  /** Its position in emerge's order. Null for a package that is not merged, and for every package when there is no order. */
  order: z.number().int().nullable(),
  remote: z.boolean(),
  build_id: z.number().int().nullable(),
  build_time: z.number().int().nullable(),
  /** Whether it is a member of @system. */
  system: z.boolean(),
  use: z.array(z.string()),
  iuse: z.array(z.string()),
  /** Flags that the profile forces or masks. */
  fixed: z.array(z.string()).default([]),
  restrict: z.array(z.string()),
  properties: z.array(z.string()),
  eapi: z.string().optional(),
  /** SHA-256 of the ebuild, in hex. Of an ebuild that is merged only. */
  ebuild: z.string().nullish(),
  /** CHOST, CFLAGS, CXXFLAGS and LDFLAGS. Of an ebuild that is merged only. */
  flags: z.record(z.string(), z.string()).nullish(),
  bdepend_edges: z.array(z.string()),
  rdepend_edges: z.array(z.string()),
  edge_kinds: z.record(z.string(), z.array(edgeKindSchema)),
});

const graphSchema = z.object({
  /** Exit status of emerge. */
  status: z.number().int(),
  success: z.boolean(),
  portage: z.string().nullable(),
  arguments: z.array(z.string()),
  packages: z.array(graphPackageSchema),
  /** Ids of the requested packages. `named` are those that were requested by name, not with a set. */
  targets: z.array(z.string()),
  named: z.array(z.string()),
  blockers: z.array(z.string()),
  /** By cpv, why a published package does not fit and is built again. */
  stale: z.record(z.string(), z.string()).default({}),
  /** Names of USE_EXPAND in lower case. */
  use_expand: z.array(z.string()).default([]),
  /** The C library of the base system, which Portage adds to RDEPEND of what it builds. */
  libc: z.array(z.object({ cpv: z.string(), slot: z.string(), sub_slot: z.string(), use: z.array(z.string()) })).default([]),
  /** What the repositories renamed or moved to another slot, as far as it concerns published packages and the request. */
  moves: z.array(packageMoveSchema).default([]),
  /** What emerge printed. */
  messages: z.string(),
  error: z.string().optional(),
});

/** One package of the graph. */
export type GraphPackage = z.infer<typeof graphPackageSchema>;
/** What plan.py prints: the dependency graph that emerge computed. */
export type DependencyGraph = z.infer<typeof graphSchema>;

/** The text of the program that plans: `python3 - ARGS` on a host with Portage. */
export function readPlanScript(): string {
  const parts = ['plan-graph', 'base-system', 'describe-graph', 'package-moves', 'watch-emerge', 'plan'];
  return parts.map((name) => readProgram(`src/gentoo/plan/${name}.py`)).join('\n');
}

/** Reads what plan.py printed. Throws SW6011 for anything else: the host has no Portage, or an unknown version. */
export function parseGraph(text: string): DependencyGraph {
  const parsed = graphSchema.safeParse(parseJsonOutput(text));
  if (parsed.success && parsed.data.portage !== null) return parsed.data;
  const why = parsed.success
    ? parsed.data.error
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n');
  throw new SwarmError('SW6011', "cannot run Portage's resolver on this host", {
    hint: 'Install Portage 3.0.30 or newer on this host, for the python3 that is first in PATH.',
    detail: [why, text.slice(0, 2000)].filter((part) => part).join('\n'),
  });
}

/** The document that a program printed; undefined where there is none. */
export function parseJsonOutput(text: string): unknown {
  try {
    // A start-up file of the shell may print a line first.
    return JSON.parse(text.slice(Math.max(0, text.indexOf('{"')))) as unknown;
  } catch {
    return undefined;
  }
}
