import type { Json } from '../../core/json-value.ts';

/** Examples for modules that make keys and certificates. */
export function certificateArguments(): Readonly<Record<string, Json>> {
  return {
    'openssh_keypair.size': 4096,
    'openssh_keypair.comment': 'backup of h002',
    'openssl_privatekey.size': 4096,
    'openssl_privatekey.curve': 'secp384r1',
    passphrase: '{{ key_passphrase }}',
    privatekey_passphrase: '{{ key_passphrase }}',
    ownca_privatekey_passphrase: '{{ authority_passphrase }}',
    country_name: 'DE',
    state_or_province_name: 'Berlin',
    locality_name: 'Berlin',
    organization_name: 'Example',
    organizational_unit_name: 'Web',
    email_address: 'web@example.org',
    'openssl_csr.subject': { DC: ['example', 'org'] },
    key_usage: ['digitalSignature', 'keyEncipherment'],
    extended_key_usage: ['serverAuth'],
    basic_constraints: ['CA:TRUE', 'pathlen:0'],
    csr_content: '{{ request.csr }}',
    ownca_path: '/etc/ssl/authority.crt',
    ownca_privatekey_path: '/etc/ssl/private/authority.key',
  };
}
