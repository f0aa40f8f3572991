import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PrepareCase, withPrograms } from './case.ts';
import { INJECTION } from './file-cases.ts';

/** An openssl and an ssh-keygen that know one key, one request and one certificate. */
const programs = {
  openssl: `after() { while [ $# -gt 1 ] && [ "$1" != "$want" ]; do shift; done; printf %s "$2"; }
case "$1 $*" in
  version*) echo 'OpenSSL 3.0.1 1 Jan 2023' ;;
  rand*) echo 00 ;;
  genpkey* | dhparam*' -out '*) want=-out; : >"$(after "$@")" ;;
  pkey*-noout*) echo 'ED25519 Public-Key:' ;;
  pkey*) echo public ;;
  dgst*) cat >/dev/null; echo 'ab12 *stdin' ;;
  dhparam*) echo '    DH Parameters: (2048 bit)' ;;
  req*-noout*) echo 'Certificate Request:' ;;
  x509*-noout*) echo 'Certificate:' ;;
  *) cat >/dev/null; echo '-----BEGIN' ;;
esac`,
  'ssh-keygen': `after() { while [ "$1" != -C ]; do shift; done; printf %s "$2"; }
for last; do :; done
case "$1" in
  -q) echo secret >"$last"; echo "ssh-ed25519 AAAA $(after "$@")" >"$last.pub" ;;
  -y) cat >/dev/null; echo 'ssh-ed25519 AAAA' ;;
  -l) echo '256 SHA256:abc no comment (ED25519)' ;;
esac`,
};

const caseOf =
  (args: (dir: string) => object): PrepareCase =>
  async (dir) => {
    await writeFile(join(dir, 'key'), 'secret\n');
    return { args: args(dir), remote: await withPrograms(dir, programs) };
  };

/** One use of each module of modules/certificates. */
export const certificateCases: Readonly<Record<string, PrepareCase>> = {
  openssh_keypair: caseOf((dir) => ({ path: join(dir, INJECTION), type: 'ed25519', comment: INJECTION })),
  openssl_privatekey: caseOf((dir) => ({ path: join(dir, INJECTION), type: 'Ed25519' })),
  openssl_publickey: caseOf((dir) => ({ path: join(dir, INJECTION), privatekey_path: join(dir, 'key'), privatekey_passphrase: INJECTION })),
  openssl_dhparam: caseOf((dir) => ({ path: join(dir, INJECTION), size: 2048 })),
  openssl_csr: caseOf((dir) => ({ path: join(dir, INJECTION), privatekey_path: join(dir, 'key'), common_name: INJECTION })),
  x509_certificate: caseOf((dir) => ({ path: join(dir, INJECTION), provider: 'selfsigned', privatekey_path: join(dir, 'key') })),
};
