import { isScalar, Scalar, type YAMLMap } from 'yaml';
import { hasJinja } from '../../template/convert-text.ts';
import { findPair, removePair, renameKey, setScalar, textOf } from '../../yaml-nodes.ts';
import { readFlag } from '../values/read-flag.ts';

/** `sha256sum: DIGITS` of old playbooks. */
export function convertChecksum(args: YAMLMap): undefined {
  const value = findPair(args, 'checksum')?.value;
  if (isScalar(value) && /^[\da-f]{64}$/i.test(String(value.value))) setScalar(value, `sha256:${value.value}`);
}

/** `copy: no` of old playbooks is `remote_src: yes`. */
export function convertCopy(args: YAMLMap): undefined {
  const copy = findPair(args, 'copy');
  const given = readFlag(copy?.value);
  if (copy === undefined || given === undefined) return;
  renameKey(copy, 'remote_src');
  copy.value = new Scalar(!given);
}

/** `force` of a file means something for links alone. */
export function dropForce(args: YAMLMap): undefined {
  const force = findPair(args, 'force');
  const state = textOf(findPair(args, 'state')?.value) ?? '';
  if (force !== undefined && state !== 'link' && state !== 'hard' && !hasJinja(state)) removePair(args, force);
}
