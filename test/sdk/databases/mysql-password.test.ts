import { expect, test } from 'vitest';
import { cryptSha256, isMysqlPassword } from '../../../src/sdk/databases/mysql-password.ts';

test.each([
  ['Hello world!', 'saltstring', 5000, '5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  ['äpw33charactersXXXXXXXXXXXXXXXXXXX', 'saltstring', 5000, 'Wmy9xpOpnbdi9ElqAhSlWxb7zINQ6y9llJ6Nb1aLzJD'],
  ['', 'saltstring', 5000, 'FdNfA4gXqvCeO6iZs7G/.wwwoywYZqo0l1pwmfWaBA7'],
  ['Hello world!', 'saltstringsaltst', 10_000, '3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA'],
])('sha256 of crypt(3) of "%s" with the salt %s', (password, salt, rounds, hash) => {
  expect(cryptSha256(password, salt, rounds)).toBe(hash);
});

test('what MariaDB keeps of a password', () => {
  expect(isMysqlPassword('mysql_native_password', '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9', '123456')).toBe(true);
  expect(isMysqlPassword('mysql_native_password', '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9', '12345')).toBe(false);
  expect(isMysqlPassword('mysql_native_password', '', '')).toBe(true);
  expect(isMysqlPassword('unix_socket', '*6BB4837EB74329105EE4568DDA7DC67ED2CA2AD9', '123456')).toBe(false);
});

test('what MySQL 8 keeps of a password', () => {
  const salt = 'a salt with 20 bytes';
  const kept = `$A$005$${salt}${cryptSha256('secret', salt, 5000)}`;
  expect(isMysqlPassword('caching_sha2_password', kept, 'secret')).toBe(true);
  expect(isMysqlPassword('caching_sha2_password', kept, 'Secret')).toBe(false);
  expect(isMysqlPassword('caching_sha2_password', 'THISISACOMBINATIONOFINVALIDSALT', 'secret')).toBe(false);
});
