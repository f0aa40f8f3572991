import { type ConfigValues, findProxyLines, type UnusedLine } from './evaluate-config.ts';

/** Keywords that change how a login works and that swarm does not obey, unless they have one of these values. */
const UNUSED: Readonly<Record<string, { readonly name: string; readonly harmless: RegExp }>> = {
  certificatefile: { name: 'CertificateFile', harmless: /^none$/i },
  pkcs11provider: { name: 'PKCS11Provider', harmless: /^none$/i },
  bindinterface: { name: 'BindInterface', harmless: /^none$/i },
  canonicaldomains: { name: 'CanonicalDomains', harmless: /^none$/i },
  pubkeyauthentication: { name: 'PubkeyAuthentication no', harmless: /^(?!no$|false$)/i },
  localcommand: { name: 'LocalCommand', harmless: /^none$/i },
};

/** What the files say of a host and swarm does not do, as far as it can matter. */
export function findUnusedLines({ first, doubts }: ConfigValues): readonly UnusedLine[] {
  const isOn = (keyword: string): boolean => /^(yes|true|always)$/i.test(first.get(keyword)?.words[0] ?? '');
  const needs: Readonly<Record<string, boolean>> = {
    canonicaldomains: isOn('canonicalizehostname'),
    localcommand: isOn('permitlocalcommand'),
  };
  const { command } = findProxyLines({ first });
  const named = Object.entries(UNUSED).flatMap(([keyword, { name, harmless }]) => {
    const line = first.get(keyword);
    const isUsed = line !== undefined && needs[keyword] !== false && !harmless.test(line.words[0] ?? '');
    return isUsed ? [{ file: line.file, line: line.line, keyword: name }] : [];
  });
  const proxy = command === undefined ? [] : [{ file: command.file, line: command.line, keyword: 'ProxyCommand' }];
  return [...doubts, ...proxy, ...named];
}
