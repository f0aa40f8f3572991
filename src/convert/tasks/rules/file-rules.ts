import { FALSE, FILE_DROPS, type ModuleRules, TRUE } from './module-rule.ts';

const GIT_KEYS = 'over ssh the key of the other host must be in known_hosts: there is no accept_hostkey';

/** Of files, also those that a host loads. */
export const fileRules: ModuleRules = {
  copy: {
    drop: { ...FILE_DROPS, local_follow: 'any', decrypt: TRUE, directory_mode: 'any', checksum: FALSE },
    note: { directory_mode: '`directory_mode` is gone: folders get their mode from the source' },
  },
  assemble: { drop: { ...FILE_DROPS, decrypt: TRUE } },
  template: {
    drop: { ...FILE_DROPS, newline_sequence: ['\n'], trim_blocks: TRUE, lstrip_blocks: FALSE, output_encoding: ['utf-8'] },
  },
  file: {
    rename: { dest: 'path', name: 'path' },
    drop: FILE_DROPS,
  },
  acl: { rename: { name: 'path' }, drop: { use_nfsv4_acls: FALSE }, add: { state: 'query' } },
  synchronize: {
    to: 'sync',
    drop: {
      ...{ archive: TRUE, recursive: TRUE, links: TRUE, perms: TRUE, times: TRUE, checksum: FALSE, dirs: FALSE, existing_only: FALSE },
      ...{ copy_links: FALSE, compress: 'any', partial: 'any', delay_updates: 'any', rsync_path: 'any', rsync_timeout: 'any' },
      ...{
        dest_port: 'any',
        private_key: 'any',
        set_remote_user: 'any',
        use_ssh_args: 'any',
        ssh_connection_multiplexing: 'any',
        verify_host: 'any',
      },
    },
  },
  lineinfile: {
    rename: { dest: 'path', destfile: 'path', name: 'path', value: 'line', regex: 'regexp' },
    drop: { ...FILE_DROPS, insertafter: ['EOF'] },
  },
  blockinfile: {
    rename: { dest: 'path', destfile: 'path', name: 'path', content: 'block' },
    drop: {
      ...FILE_DROPS,
      insertafter: ['EOF'],
      marker_begin: ['BEGIN'],
      marker_end: ['END'],
      append_newline: FALSE,
      prepend_newline: FALSE,
    },
    add: { marker: '# {mark} ANSIBLE MANAGED BLOCK' },
  },
  replace: { rename: { dest: 'path', destfile: 'path', name: 'path' }, drop: { ...FILE_DROPS, encoding: ['utf-8'] } },
  ini_file: {
    rename: { dest: 'path' },
    drop: { ...FILE_DROPS, exclusive: TRUE, ignore_spaces: 'any', allow_no_value: FALSE, modify_inactive_option: TRUE },
  },
  stat: {
    rename: { dest: 'path', name: 'path', get_checksum: 'checksum' },
    drop: { follow: FALSE, get_md5: 'any', get_mime: 'any', get_attributes: 'any', checksum_algorithm: ['sha256'] },
  },
  find: {
    rename: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes' },
    drop: { follow: FALSE, get_checksum: FALSE, use_regex: FALSE, age_stamp: ['mtime'] },
  },
  fetch: { drop: { validate_checksum: 'any' } },
  slurp: { rename: { path: 'src' } },
  tempfile: {},
  unarchive: { drop: { ...FILE_DROPS, keep_newer: FALSE, list_files: FALSE, validate_certs: TRUE, decrypt: TRUE } },
  archive: { drop: { remove: FALSE, force_archive: FALSE } },
  get_url: {
    rename: { thirsty: 'force', sha256sum: 'checksum' },
    drop: {
      ...FILE_DROPS,
      use_proxy: TRUE,
      force_basic_auth: 'any',
      http_agent: 'any',
      tmp_dest: 'any',
    },
  },
  uri: {
    rename: { url_username: 'user', url_password: 'password' },
    drop: {
      ...FILE_DROPS,
      return_content: 'any',
      use_proxy: TRUE,
      force_basic_auth: 'any',
      force: FALSE,
      http_agent: 'any',
      remote_src: FALSE,
    },
  },
  git_config: {},
  git: {
    note: { accept_hostkey: GIT_KEYS, accept_newhostkey: GIT_KEYS },
    drop: { accept_hostkey: 'any', accept_newhostkey: 'any', force: FALSE, update: TRUE, clone: TRUE },
    rename: { name: 'repo' },
    add: { recursive: true },
  },
};
