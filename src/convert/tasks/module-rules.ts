import { certificateRules } from './rules/certificate-rules.ts';
import { containerRules } from './rules/container-rules.ts';
import { databaseRules } from './rules/database-rules.ts';
import { fileRules } from './rules/file-rules.ts';
import { flowRules } from './rules/flow-rules.ts';
import type { ModuleRules } from './rules/module-rule.ts';
import { packageRules } from './rules/package-rules.ts';
import { systemRules } from './rules/system-rules.ts';

/** What no rule with these arguments needs to say itself. */
export const COMMON_NOTES: Readonly<Record<string, string>> = {
  unsafe_writes: '`unsafe_writes` is gone: a new file takes the place of the old one, which a mount point cannot have',
  ...Object.fromEntries(
    ['seuser', 'serole', 'setype', 'selevel'].map((name) => [name, `swarm sets no labels of SELinux: \`${name}\` is gone`]),
  ),
};

/** How the modules of Ansible become those of swarm. */
export const MODULE_RULES: ModuleRules = Object.assign(Object.create(null), {
  ...certificateRules,
  ...containerRules,
  ...databaseRules,
  ...fileRules,
  ...flowRules,
  ...packageRules,
  ...systemRules,
});

const SAME_COLLECTIONS = /^(?:ansible\.(?:builtin|legacy|posix|mysql)|community\.(?:general|crypto|docker|mysql|postgresql))\./;

/** The name of a module without a collection whose modules swarm may have. Another collection stays. */
export const moduleBaseName = (key: string): string => key.replace(SAME_COLLECTIONS, '');

/** Modules whose results have no `rc` in swarm. */
export const PACKAGE_MODULES: ReadonlySet<string> = new Set(['package', 'apt', 'dnf', 'dnf5', 'yum', 'zypper', 'pacman', 'apk', 'portage']);
