/** What an SSH server shows before any login. */
export interface ServerGreeting {
  /** Host key algorithms that it offers; undefined before its greeting has come. */
  readonly keyTypes?: readonly string[];
  /** `OpenSSH_9.2p1 Debian-2`: as it names itself. */
  readonly banner: string;
  /** It keeps strict order in the key exchange (kex-strict-s-v00@openssh.com): closed against Terrapin, CVE-2023-48795. */
  readonly strictKeyExchange: boolean;
}

/** ssh2 has no event for the greeting of a server. It prints it in the lines of its `debug` option, which are not a promise of ssh2: they are
 *  read in this file alone. ssh2-private-parts.test.ts fails when a new version prints them in another form. */
export function createGreetingReader(): { readonly debug: (line: string) => void; readonly greeting: () => ServerGreeting } {
  let greeting: ServerGreeting = { banner: '', strictKeyExchange: false };
  return {
    debug: (line) => {
      const keyTypes = /^Handshake: \(remote\) Host key format: (.*)$/.exec(line)?.[1];
      if (keyTypes !== undefined) greeting = { ...greeting, keyTypes: keyTypes.split(',') };
      const methods = /^Handshake: \(remote\) KEX method: (.*)$/.exec(line)?.[1];
      if (methods !== undefined) greeting = { ...greeting, strictKeyExchange: methods.split(',').includes('kex-strict-s-v00@openssh.com') };
      const banner = /^Remote ident: '(?:SSH-[\d.]+-)?(.*)'$/.exec(line)?.[1];
      if (banner !== undefined) greeting = { ...greeting, banner };
    },
    greeting: () => greeting,
  };
}
