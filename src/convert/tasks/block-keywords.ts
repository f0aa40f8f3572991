import { isMap, isSeq, type YAMLMap } from 'yaml';
import { findPair, keyOf, removePair } from '../yaml-nodes.ts';
import { moduleBaseName } from './module-rules.ts';

/** Steps that never notify a handler and have no time limit of their own. */
const WITHOUT_NOTIFY = new Set(['meta', 'set_fact', 'include_vars', 'debug', 'assert', 'fail']);

/** Moves `notify` and `timeout` of a block to its steps, since in swarm only tasks have them. A step that has its own keeps it, as in Ansible. */
export function moveKeywordsToSteps(block: YAMLMap): undefined {
  for (const keyword of ['notify', 'timeout']) {
    const given = block.items.find((pair) => keyOf(pair) === keyword);
    if (given === undefined) continue;
    removePair(block, given);
    const steps = block.items.filter((pair) => ['block', 'rescue', 'always'].includes(keyOf(pair))).flatMap(({ value }) => stepsOf(value));
    for (const step of steps) if (findPair(step, keyword) === undefined) step.items.push(given.clone());
  }
}

const stepsOf = (list: unknown): readonly YAMLMap[] =>
  isSeq(list) ? list.items.filter(isMap).filter((step) => !step.items.some((pair) => WITHOUT_NOTIFY.has(moduleBaseName(keyOf(pair))))) : [];
