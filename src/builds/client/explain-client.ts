import type { HostName } from '../../core/inventory/host-name.ts';
import { isVersionOf } from '../../gentoo/atom/cpv.ts';
import { explainEmergeFailure } from '../../gentoo/build-log/emerge-failure.ts';
import type { ClientNeeds } from './client-needs.ts';
import { explainMissing, type KnownBuilds, type MissingPackage } from './explain-missing.ts';
import type { WhyAnswer } from './why-answer.ts';

/** What can be done where the package is built, and not as the client wants it. */
function adviseClient({ cpv, reason }: MissingPackage, name: string, client: HostName): string {
  if (reason === 'USE differs') return `. Give ${name} the same flags in package.use of the target and of ${client}`;
  return reason === 'version' ? `. To build ${cpv}, run: swarm run sync, then: swarm run build --for ${client}` : '';
}

/** Why a client takes a package, or does not. */
export function explainClient(client: HostName, name: string, needs: ClientNeeds, known: KnownBuilds): WhyAnswer {
  const question = `Does ${client} take it?`;
  const missing = explainMissing(needs, known).find(({ cpv }) => isVersionOf(cpv, name));
  const possible = [...(needs.take.success ? needs.take.packages : []), ...needs.want.packages];
  const taken = possible.find(({ cp, type }) => cp === name && type === 'binary');
  const installed = needs.installed.filter(({ cpv }) => isVersionOf(cpv, name)).map(({ cpv }) => cpv);
  const has = installed.length === 0 ? '' : `; installed: ${installed.join(', ')}`;
  if (missing !== undefined)
    return {
      question,
      answer: `no: ${missing.reason}`,
      because: `it wants ${missing.cpv}, and ${missing.because}${has}${adviseClient(missing, name, client)}`,
    };
  if (taken !== undefined) return { question, answer: `yes: ${taken.cpv}`, because: `its Portage would install it from the binhost${has}` };
  if (!needs.want.success) {
    const { message } = explainEmergeFailure(needs.want.status || 1, needs.want.messages.split('\n'), '');
    return { question, answer: 'no', because: message };
  }
  const [current] = installed;
  if (current === undefined) return { question, answer: 'no', because: 'its Portage does not need it' };
  return { question, answer: `it has it: ${installed.join(', ')}`, because: 'it is installed and current' };
}
