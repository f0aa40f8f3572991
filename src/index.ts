/** The public door: what a module needs. The built-in modules import it too. docs/writing-modules.md describes it. */
export { z } from 'zod';
export type { Command, ExecResult, Facts, FileMeta, Proof } from './core/connection.ts';
export { fileError } from './core/error/convert-error.ts';
export { ModuleError, type ModuleErrorFields } from './core/error/module-error.ts';
export { SwarmError } from './core/error/swarm-error.ts';
export { type ErrorCode, type ErrorKind, errorKind } from './core/error-codes.ts';
export type { Host } from './core/inventory/host.ts';
export type { HostName } from './core/inventory/host-name.ts';
export type { BinhostLocation, Target } from './core/inventory/target.ts';
export type { JobStatus, Jobs } from './core/job.ts';
export type { Json, Vars } from './core/json-value.ts';

export {
  type Change,
  defineModule,
  type Module,
  type ModuleDefinition,
  type Notice,
  type Probe,
  type Remote,
  type RunPaths,
} from './core/module.ts';
export { parseForeignJson } from './core/output/foreign-json.ts';
export { joinLines, splitLines } from './core/text-lines.ts';
export { sleep } from './core/time/timer.ts';
export { withRunFile } from './remote/temporary/run-file.ts';
export { withSweepLeftovers } from './remote/temporary/sweep-leftovers.ts';
export { withTemporaryFiles } from './remote/temporary/temporary-files.ts';
export {
  compareSentTree,
  compareTree,
  type PushResult,
  pushTree,
  sendTree,
  type TreeDifference,
  type TreeOptions,
} from './remote/tree/push-tree.ts';

export { passwordAgeArgs, passwordAgeChange } from './sdk/accounts/password-ages.ts';
export { userKeyArgs, userKeyChanges } from './sdk/accounts/user-key.ts';
export { UNSET_PASSWORD, userPasswordArgs, userPasswordChanges } from './sdk/accounts/user-password.ts';
export { type FoundKey, isNewKeyMade, keyChoiceArgs } from './sdk/certificates/key-choice.ts';
export { normalizeDescription, printRequestConfig, type Subject, type WantedExtension } from './sdk/certificates/request-config.ts';
export { type CommandRequest, runAsChange } from './sdk/command-change.ts';
export { type CommandResult, commandArgs, commandReturns } from './sdk/command-schemas.ts';
export { type ContainerSpec, containerSpecArgs, engineArg, engineName } from './sdk/containers/container-args.ts';
export {
  containerWords,
  describeContainer,
  environmentFile,
  type FoundContainer,
  hashContainer,
  laterNetworks,
  parseContainer,
  plainId,
} from './sdk/containers/container-words.ts';
export { engineObjectChanges } from './sdk/containers/engine-object.ts';
export { queryEngine } from './sdk/containers/find-engine.ts';
export { readMysqlFailure } from './sdk/databases/client-failure.ts';
export {
  type MysqlLogin,
  mysqlLoginArgs,
  mysqlOptions,
  mysqlScript,
  mysqlWords,
  queryMysql,
  quoteMysqlName,
  quoteMysqlText,
  runMysql,
} from './sdk/databases/mysql-client.ts';
export {
  type MysqlPrivileges,
  parseMysqlPrivileges,
  planMysqlGrants,
  printMysqlPrivileges,
  readMysqlGrants,
} from './sdk/databases/mysql-grants.ts';
export { isMysqlPassword } from './sdk/databases/mysql-password.ts';
export {
  type ReplicationWords,
  readReplicationStatus,
  readReplicationWords,
  type StatusRow,
  statusField,
} from './sdk/databases/mysql-replication.ts';
export {
  type PostgresqlLogin,
  postgresqlLoginArgs,
  queryPostgresql,
  quotePostgresqlName,
  quotePostgresqlText,
  runPostgresql,
} from './sdk/databases/postgresql-client.ts';
export {
  type PostgresqlGrants,
  type PostgresqlObjectKind,
  postgresqlObjectKinds,
  printPostgresqlRole,
  selectPostgresqlDefaults,
  selectPostgresqlGrants,
  selectPostgresqlMembers,
} from './sdk/databases/postgresql-objects.ts';
export { isPostgresqlPassword } from './sdk/databases/postgresql-password.ts';
export { type BlockEdit, editBlock } from './sdk/edit/edit-block.ts';
export { type CrontabEdit, editCrontab } from './sdk/edit/edit-crontab.ts';
export { editFile, type FileEdit, keepLineEnds } from './sdk/edit/edit-file.ts';
export { editIni, type IniEdit } from './sdk/edit/edit-ini.ts';
export { editIniValues, type IniValues } from './sdk/edit/edit-ini-values.ts';
export { editLines, type LineEdit } from './sdk/edit/edit-lines.ts';
export { editMakeConf, type MakeConfValue } from './sdk/edit/edit-make-conf.ts';
export { editPamRules, type PamEdit, splitPamWords } from './sdk/edit/edit-pam-rules.ts';
export {
  editEntries,
  type PortageEntry,
  portageEntryArgs,
  portageEntryChanges,
  portageEntryReturns,
} from './sdk/edit/portage-entry.ts';
export { requirePortageFolder } from './sdk/edit/require-portage.ts';
export { withExactMode } from './sdk/files/attributes/exact-mode.ts';
export {
  attributeArgs,
  attributeChanges,
  type FileAttributes,
  keptAttributes,
  missingAttributes,
  ownerWord,
  setAttributes,
} from './sdk/files/attributes/file-attributes.ts';
export { MODE_PATTERN, resolveMode } from './sdk/files/attributes/file-mode.ts';
export { withBackupFile } from './sdk/files/backup-file.ts';
export { ensureFolder } from './sdk/files/ensure-folder.ts';
export {
  contentChanges,
  createOrStat,
  decodeSmallText,
  ensureFileContent,
  type FileContent,
  type FileContentResult,
  fileContentReturns,
  hashSha256,
  type WriteOptions,
  writeArgs,
} from './sdk/files/file-content.ts';
export { type FileTarget, findFileTarget } from './sdk/files/find-target.ts';
export { readFoundPaths } from './sdk/files/found-paths.ts';
export { makeFolders } from './sdk/files/make-folders.ts';
export { type PathQuery, type PathStat, statFile, statPaths } from './sdk/files/path-stat.ts';
export { refuseMounts } from './sdk/files/refuse-mounts.ts';
export { removeFile } from './sdk/files/remove-file.ts';
export { requireFile, requireFileOrAbsence, requireFolderOf } from './sdk/files/required-paths.ts';
export { findSource, readSource, readSourceText, readSourceTree, type SourceFile, type SourceTree } from './sdk/files/source-files.ts';
export { iptablesName, iptablesRuleArgs, loadsExtensionTwice, printIptablesRule } from './sdk/firewall/iptables-rule.ts';
export { type Account, readAccount } from './sdk/host-account.ts';
export { factsSchema, readFacts } from './sdk/host-facts.ts';
export { parseHostJson } from './sdk/host-json.ts';
export { queryScript, readScript, runScript } from './sdk/host-script.ts';
export {
  type CurlOption,
  type CurlRequest,
  curlRequestOptions,
  formatCurlConfig,
  headersArg,
  httpUserArg,
} from './sdk/http/curl-config.ts';
export { type HttpAnswer, httpAnswerFields, readHttpAnswer } from './sdk/http/http-answer.ts';
export { formatHttpBody } from './sdk/http/http-body.ts';
export { withLoadUrl } from './sdk/http/load-url.ts';
export { formatMultipart, type MultipartFields, multipartFields } from './sdk/http/multipart-body.ts';
export { hardLinkChanges, symbolicLinkChanges } from './sdk/links/link-changes.ts';
export { missingProgramError, requireProgram } from './sdk/missing-program.ts';
export { loadAptLists, loadNewAptLists, type NewSource, readSources, type SourceBefore } from './sdk/packages/apt-lists.ts';
export { aptUpkeep } from './sdk/packages/apt-upkeep.ts';
export { debFileChanges } from './sdk/packages/deb-file.ts';
export { findPackageManager, type PackageManagerName } from './sdk/packages/find-package-manager.ts';
export { isNamedKey, readKeyFingerprints } from './sdk/packages/key-fingerprints.ts';
export {
  asksForPackages,
  NO_PACKAGES,
  type PackageRequest,
  packageArgs,
  packageChanges,
  packageReturns,
} from './sdk/packages/package-managers.ts';
export { compareRequirements, findPip, listOutdatedPackages, type PipProgram } from './sdk/packages/pip-state.ts';
export { absolutePath, oneLine, patternSchema } from './sdk/pattern-schema.ts';
export { pushArgs, pushReturns } from './sdk/push/push-args.ts';
export { pushTrees } from './sdk/push/push-trees.ts';
export { runOrThrow } from './sdk/run-or-throw.ts';
export {
  findInitSystem,
  type InitSystem,
  missingServiceError,
  readServiceState,
  type ServiceState,
  wouldCutAccess,
} from './sdk/services/service-state.ts';
export { splitWords } from './sdk/split-words.ts';
