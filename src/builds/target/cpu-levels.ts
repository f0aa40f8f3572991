import { ownValue } from '../../core/own-value.ts';

const V2 = ['cx16', 'lahf_lm', 'pni', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'];
const V3 = [...V2, 'abm', 'avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'movbe', 'xsave'];
const V4 = [...V3, 'avx512bw', 'avx512cd', 'avx512dq', 'avx512f', 'avx512vl'];

/** The levels of the psABI of x86-64, in the words of /proc/cpuinfo. */
const LEVELS: Readonly<Record<string, readonly string[]>> = { 'x86-64-v2': V2, 'x86-64-v3': V3, 'x86-64-v4': V4 };

/** The processor that compiler flags name, as `x86-64-v3`. The last one counts, as for gcc. */
export const findMarch = (flags: string): string | undefined =>
  flags
    .split(/\s+/)
    .findLast((flag) => flag.startsWith('-march='))
    ?.slice('-march='.length);

/** What a processor lacks of a level. Empty where nothing is known of it, or the name is that of no level. */
export function findMissingCpuFlags(march: string | undefined, cpuFlags: readonly string[]): readonly string[] {
  if (march === undefined || cpuFlags.length === 0) return [];
  return (ownValue(LEVELS, march) ?? []).filter((flag) => !cpuFlags.includes(flag));
}
