import { expect, test } from 'vitest';
import { quotePostgresqlName, quotePostgresqlText } from '../../../src/sdk/databases/postgresql-client.ts';
import { isPostgresqlPassword } from '../../../src/sdk/databases/postgresql-password.ts';

test.each([
  ["it's", "'it''s'"],
  ["a\\'b", "E'a\\\\''b'"],
  ['', "''"],
])('%s as a text of SQL', (text, quoted) => {
  expect(quotePostgresqlText(text)).toBe(quoted);
});

test('a name of SQL', () => {
  expect(quotePostgresqlName('a"b\\')).toBe('"a""b\\"');
});

const scram =
  'SCRAM-SHA-256$4096:b90TcbF45wx/vlCI8TlFQw==$7gTOlAWKV5VSjTBIsKMquN86cWteo/qgZ217X6svqL4=:wqKdvNvyFGmev3TcZJBH0URNITcIAuBknHn2hYOr1KE=';
const md5 = 'md59ad2178ee9f951f4e4857d10b55f4c2c';

test.each([
  [scram, 'shop', 'x', true],
  [scram, 'shop', 'X', false],
  [scram, 'shop', scram, true],
  [md5, 'shop2', 'sec', true],
  [md5, 'shop', 'sec', false],
  ['', 'shop', 'x', false],
])('%s of %s is of %s: %s', (kept, role, password, isSame) => {
  expect(isPostgresqlPassword(kept, role, password)).toBe(isSame);
});
