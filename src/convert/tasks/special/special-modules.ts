import { isSeq, Scalar, type YAMLMap } from 'yaml';
import { addPair, findPair, removePair, renameKey, textOf } from '../../yaml-nodes.ts';
import type { ConvertedModule } from '../converted-module.ts';
import type { TaskContext } from '../task-context.ts';
import { convertScript, convertTest, endInput, noteExpansion, withOtherShell } from './command-modules.ts';
import { convertSynchronize } from './convert-synchronize.ts';
import { convertUri } from './convert-uri.ts';
import { convertBackrefs, convertReplacement } from './edit-modules.ts';
import { convertChecksum, convertCopy, dropForce } from './file-modules.ts';
import { convertDebug, convertQuestion } from './message-modules.ts';
import { adaptContainer, convertReload, convertService, splitText } from './system-modules.ts';

/** Changes the arguments, or returns another module. */
type Conversion = (args: YAMLMap, context: TaskContext) => ConvertedModule | undefined;

/** Modules of Ansible that no table of renames can express. */
const CONVERSIONS: ReadonlyMap<string, readonly Conversion[]> = new Map(
  Object.entries<readonly Conversion[]>({
    apt: [upgradeAll],
    command: [endInput, noteExpansion],
    debug: [convertDebug],
    docker_container: [adaptContainer],
    file: [dropForce],
    get_url: [allowUnverified, convertChecksum],
    iptables: [splitText('match'), splitText('ctstate'), splitText('destination_ports')],
    lineinfile: [convertBackrefs],
    openssl_privatekey: [note('the key is written as PKCS#8: it begins with BEGIN PRIVATE KEY')],
    pause: [convertQuestion],
    postgresql_privs: [noteTypes],
    reboot: [convertTest],
    replace: [convertReplacement],
    script: [convertScript],
    service: [convertService],
    shell: [endInput, withOtherShell],
    synchronize: [convertSynchronize],
    sysctl: [convertReload],
    systemd: [convertService],
    systemd_service: [convertService],
    unarchive: [convertCopy],
    uri: [convertUri],
    user: [splitText('groups')],
  }),
);

/** Converts what no table of renames can express: changes the arguments, or returns another module. */
export function convertSpecial(name: string, args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  for (const convert of CONVERSIONS.get(name) ?? []) {
    const converted = convert(args, context);
    if (converted !== undefined) return converted;
  }
  return undefined;
}

/** Adds a difference to the report. */
function note(difference: string): Conversion {
  return (_, { translation }) => void translation.changes.add(difference);
}

/** Rights on types that are made later. */
function noteTypes(args: YAMLMap, { translation }: TaskContext): undefined {
  if (textOf(findPair(args, 'type')?.value) === 'default_privs')
    translation.changes.add('Ansible gives the roles USAGE on new TYPES too, which everybody has: swarm does not');
}

/** `name: "*"` with `state: latest` is an upgrade of all packages. */
function upgradeAll(args: YAMLMap): undefined {
  const [name, state] = [findPair(args, 'name'), findPair(args, 'state')];
  const names = isSeq(name?.value) ? name.value.items.map(textOf) : [textOf(name?.value)];
  if (name === undefined || state === undefined || names.length !== 1 || names[0] !== '*' || textOf(state.value) !== 'latest') return;
  removePair(args, state);
  if (findPair(args, 'upgrade') !== undefined) return removePair(args, name);
  renameKey(name, 'upgrade');
  name.value = new Scalar('safe');
}

/** A file that is loaded without a checksum. */
function allowUnverified(args: YAMLMap): undefined {
  if (findPair(args, 'checksum') === undefined) addPair(args, 'unverified', new Scalar(true));
}
