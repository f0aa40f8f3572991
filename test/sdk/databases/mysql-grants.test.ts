import { expect, test } from 'vitest';
import { parseMysqlPrivileges, planMysqlGrants, printMysqlPrivileges, readMysqlGrants } from '../../../src/sdk/databases/mysql-grants.ts';

const plan = (found: readonly string[], wanted: string, append = false) =>
  planMysqlGrants('u', readMysqlGrants(found), parseMysqlPrivileges(wanted) ?? new Map(), append);

const maria = [
  "GRANT PROCESS, BINLOG MONITOR ON *.* TO `u`@`h` IDENTIFIED BY PASSWORD '*B2' REQUIRE SSL",
  'GRANT ALL PRIVILEGES ON `shop`.* TO `u`@`h` WITH GRANT OPTION',
  'GRANT SELECT (`b`, `a`), UPDATE ON `shop`.`or``ders` TO `u`@`h`',
  'GRANT EXECUTE ON PROCEDURE `shop`.`bill` TO `u`@`h`',
  'GRANT `staff` TO `u`@`h`',
  "GRANT PROXY ON ''@'%' TO 'u'@'h' WITH GRANT OPTION",
];
const same = '*.*:PROCESS,REPLICATION CLIENT/shop.*:ALL,GRANT/shop.or`ders:SELECT(a,b),UPDATE/PROCEDURE shop.bill:EXECUTE';

test('what MariaDB shows is what was asked for', () => {
  expect(plan(maria, same)).toEqual([]);
  expect(printMysqlPrivileges(readMysqlGrants(maria))).toBe(
    '*.*: PROCESS, REPLICATION CLIENT\nPROCEDURE shop.bill: EXECUTE\nshop.*: ALL, GRANT OPTION\nshop.or`ders: SELECT (a, b), UPDATE\n',
  );
});

test('ALL of MySQL 8 is a long list', () => {
  const list =
    `SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, SHUTDOWN, PROCESS, FILE, REFERENCES, INDEX, ALTER, SHOW DATABASES, SUPER,
 CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE,
 CREATE USER, EVENT, TRIGGER, CREATE TABLESPACE, CREATE ROLE, DROP ROLE`.replaceAll('\n', '');
  const found = [
    `GRANT ${list} ON *.* TO \`u\`@\`h\` WITH GRANT OPTION`,
    'GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `u`@`h` WITH GRANT OPTION',
  ];
  expect(plan(found, '*.*:ALL,GRANT')).toEqual([]);
});

test.each([
  ['one more', ['GRANT SELECT ON `a`.* TO u'], 'a.*:SELECT,INSERT', ['GRANT INSERT ON `a`.* TO u;']],
  ['one less', ['GRANT SELECT, INSERT ON `a`.* TO u'], 'a.*:SELECT', ['REVOKE INSERT ON `a`.* FROM u;']],
  ['ALL where it had some', ['GRANT SELECT ON `a`.* TO u'], 'a.*:ALL', ['GRANT ALL PRIVILEGES ON `a`.* TO u;']],
  [
    'some where it had ALL',
    ['GRANT ALL PRIVILEGES ON `a`.* TO u WITH GRANT OPTION'],
    'a.*:SELECT',
    ['REVOKE ALL PRIVILEGES ON `a`.* FROM u;', 'REVOKE GRANT OPTION ON `a`.* FROM u;', 'GRANT SELECT ON `a`.* TO u;'],
  ],
  ['the right to grant alone', ['GRANT SELECT ON `a`.* TO u'], 'a.*:SELECT,GRANT', ['GRANT USAGE ON `a`.* TO u WITH GRANT OPTION;']],
  ['another object', ['GRANT SELECT ON `a`.* TO u'], 'b.*:SELECT', ['REVOKE SELECT ON `a`.* FROM u;', 'GRANT SELECT ON `b`.* TO u;']],
  ['nothing', ['GRANT SELECT ON `a`.* TO u', 'GRANT USAGE ON *.* TO u'], '*.*:USAGE', ['REVOKE SELECT ON `a`.* FROM u;']],
  ['odd names', [], 'a`b.*:select (c)', ['GRANT SELECT (`c`) ON `a``b`.* TO u;']],
])('%s', (_, found, wanted, statements) => {
  expect(plan(found, wanted)).toEqual(statements);
});

test('append takes nothing away', () => {
  expect(plan(['GRANT ALL PRIVILEGES ON `a`.* TO u WITH GRANT OPTION'], 'a.*:SELECT/b.*:SELECT', true)).toEqual([
    'GRANT SELECT ON `b`.* TO u;',
  ]);
});

test.each(['shop', 'shop:SELECT', 'shop.*', 'shop.*:'])('%s is not a list of privileges', (text) => {
  expect(parseMysqlPrivileges(text)).toBeUndefined();
});
