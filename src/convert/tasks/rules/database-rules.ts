import { FALSE, type ModuleRule, type ModuleRules, TRUE } from './module-rule.ts';

const MYSQL_DROPS: NonNullable<ModuleRule['drop']> = {
  ...{
    check_hostname: 'any',
    ca_cert: [''],
    client_cert: [''],
    client_key: [''],
    connect_timeout: 'any',
    config_overrides_defaults: 'any',
  },
  ...{ sql_log_bin: TRUE, check_implicit_admin: FALSE, column_case_sensitive: 'any', force_context: FALSE },
};
const POSTGRESQL: ModuleRule = {
  rename: { login: 'login_user', host: 'login_host', unix_socket: 'login_unix_socket', login_port: 'port' },
  drop: {
    ...{ trust_input: TRUE, ssl_mode: ['prefer'], ca_cert: [''], ssl_cert: [''], ssl_key: [''], encrypted: 'any' },
    ...{ fail_on_role: 'any', fail_on_user: TRUE, connect_params: 'any' },
  },
  note: { fail_on_role: 'a role that does not exist is an error: there is no fail_on_role' },
};

/** What has `master_` before it in older tasks. */
const REPLICATION_ARGS = [
  ...['host', 'user', 'password', 'port', 'connect_retry', 'delay', 'log_file', 'log_pos', 'auto_position', 'use_gtid'],
  ...['ssl', 'ssl_ca', 'ssl_capath', 'ssl_cert', 'ssl_key', 'ssl_cipher'],
];

/** Of databases. */
export const databaseRules: ModuleRules = {
  mysql_db: {
    rename: { db: 'name' },
    drop: {
      ...MYSQL_DROPS,
      ...{ single_transaction: FALSE, quick: 'any', hex_blob: FALSE, force: FALSE, master_data: [0], skip_lock_tables: FALSE },
      ...{ use_shell: 'any', pipefail: 'any', unsafe_login_password: 'any', restrict_config_file: FALSE },
    },
  },
  mysql_user: { rename: { user: 'name' }, drop: MYSQL_DROPS, values: { update_password: { on_new_username: 'on_create' } } },
  mysql_replication: {
    rename: { channel: 'connection_name', ...Object.fromEntries(REPLICATION_ARGS.map((name) => [`master_${name}`, `primary_${name}`])) },
    values: {
      mode: {
        ...{ getslave: 'getreplica', getmaster: 'getprimary', changemaster: 'changeprimary', startslave: 'startreplica' },
        ...{ stopslave: 'stopreplica', resetslave: 'resetreplica', resetslaveall: 'resetreplicaall', resetmaster: 'resetprimary' },
      },
      primary_use_gtid: { slave_pos: 'replica_pos' },
    },
    drop: { ...MYSQL_DROPS, fail_on_error: 'any' },
  },
  postgresql_db: { ...POSTGRESQL, rename: { ...POSTGRESQL.rename, db: 'name' } },
  postgresql_user: { ...POSTGRESQL, rename: { ...POSTGRESQL.rename, user: 'name', login_db: 'db' } },
  postgresql_privs: {
    ...POSTGRESQL,
    rename: {
      ...POSTGRESQL.rename,
      database: 'db',
      login_db: 'db',
      obj: 'objs',
      priv: 'privs',
      role: 'roles',
      admin_option: 'grant_option',
    },
  },
};
