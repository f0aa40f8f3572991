import { FALSE, FILE_DROPS, type ModuleRule, type ModuleRules, TRUE } from './module-rule.ts';

const CRYPTO_DROPS: NonNullable<ModuleRule['drop']> = {
  ...FILE_DROPS,
  select_crypto_backend: 'any',
  backend: 'any',
  return_content: 'any',
};
const BEGINS = 'a certificate begins when it is made: there is no not_before';
const NEW_KEY = 'a new key replaces the old one without a copy: there is no backup';
const CSR: ModuleRule = {
  rename: {
    ...{ CN: 'common_name', commonName: 'common_name', C: 'country_name', countryName: 'country_name', ST: 'state_or_province_name' },
    ...{ L: 'locality_name', O: 'organization_name', OU: 'organizational_unit_name', E: 'email_address', emailAddress: 'email_address' },
    ...{
      subjectAltName: 'subject_alt_name',
      keyUsage: 'key_usage',
      extKeyUsage: 'extended_key_usage',
      basicConstraints: 'basic_constraints',
    },
    ...{ useCommonNameForSAN: 'use_common_name_for_san' },
  },
  drop: { ...CRYPTO_DROPS, version: [1], create_subject_key_identifier: FALSE },
};
const CERTIFICATE: ModuleRule = {
  to: 'x509_certificate',
  rename: {
    ...{ selfsigned_not_after: 'not_after', ownca_not_after: 'not_after', selfsigned_notAfter: 'not_after' },
    ...{ selfsigned_digest: 'digest', ownca_digest: 'digest', selfsigned_not_before: 'not_before', ownca_not_before: 'not_before' },
  },
  drop: { ...CRYPTO_DROPS, not_before: 'any', selfsigned_version: [3], ownca_version: [3], ignore_timestamps: TRUE },
  note: { not_before: BEGINS },
};

/** Of keys and certificates. */
export const certificateRules: ModuleRules = {
  openssh_keypair: { drop: { ...CRYPTO_DROPS, private_key_format: ['auto', 'ssh'] } },
  openssl_privatekey: {
    drop: { ...CRYPTO_DROPS, cipher: ['auto'], format: ['auto', 'auto_ignore', 'pkcs8'], format_mismatch: 'any', backup: 'any' },
    note: { backup: NEW_KEY },
  },
  openssl_publickey: { drop: { ...CRYPTO_DROPS, force: FALSE, backup: FALSE } },
  openssl_dhparam: { drop: { ...CRYPTO_DROPS, backup: FALSE } },
  openssl_csr: CSR,
  openssl_csr_pipe: { ...CSR, to: 'openssl_csr' },
  x509_certificate: CERTIFICATE,
  openssl_certificate: CERTIFICATE,
};
