import type { ErrorKind } from './kind.ts';

const unpublished = { exit: 9, outcome: 'failed', retry: 'other-host', cause: 'host' } as const;

/** Packages that fail verification. */
export const packageErrors = {
  SW4001: {
    ...unpublished,
    title: 'Checksum differs',
    explain: {
      what: 'The bytes of the package are not those that the host declared. Nothing of it was published.',
      why: 'A disk, the memory or a program changed the file, mostly on the host: SSH protects the transfer.',
      fix: 'Run the build again. To check what is published, run: swarm binhost check --deep',
    },
  },
  SW4002: {
    ...unpublished,
    title: 'File too short',
    explain: {
      what: 'The file ended too early. Nothing of the package was published.',
      why: 'The host deleted, replaced or cut the file. A lost link has another code.',
      fix: 'Run again: swarm runs resume last',
    },
  },
  SW4003: {
    ...unpublished,
    title: 'Not a package',
    explain: {
      what: 'The file is not a gpkg or xpak that Portage reads the same way. Nothing of it was published.',
      why: 'The host wrote a damaged file, a file of another kind, or one that clients refuse or name otherwise.',
      fix: 'Check the disk and Portage on the host, then build again: swarm run build ATOM',
    },
  },
  SW4004: {
    ...unpublished,
    cause: 'package',
    title: 'Other bytes under one name',
    explain: {
      what: 'A package of this name with other content is already published. The published one stays.',
      why: 'A published file never changes, because clients may have its checksum.',
      fix: 'Build it again, so that it gets a new BUILD_ID: swarm run build ATOM',
    },
  },
  SW4005: {
    ...unpublished,
    title: 'Not the requested package',
    explain: {
      what: 'Category, name or version in the file are not those of the item. Nothing of it was published.',
      why: 'The host built another package than the one that was requested.',
      fix: 'Compare the Portage trees: swarm doctor. Then build again: swarm run build ATOM',
    },
  },
  SW4006: {
    ...unpublished,
    cause: 'service',
    title: 'Index not valid',
    explain: {
      what: 'The Packages index cannot be read, or does not agree with the files.',
      why: 'Another program changed the binhost, or a file is damaged.',
      fix: 'To see what is wrong, run: swarm binhost check. To go back to the last state, run: swarm binhost rollback',
    },
  },
  SW4007: {
    ...unpublished,
    cause: 'package',
    retry: 'never',
    title: 'Not allowed to publish',
    explain: {
      what: 'The package is not published. Where it is requested by name, nothing is built.',
      why: 'Its ebuild has RESTRICT=bindist: its licence forbids that others get the binary.',
      fix: 'Build it on each client, or set USE=-bindist where the package has that flag.',
    },
  },
  SW4008: {
    ...unpublished,
    title: 'Not as planned',
    explain: {
      what: 'The package that came back differs from its item of the plan. Nothing of it was published.',
      why: 'The drone has another configuration, another tree, or other versions installed than the plan was made with.',
      fix: 'Compare the drones, and correct the one that differs: swarm doctor',
    },
  },
  SW4009: {
    ...unpublished,
    cause: 'unknown',
    title: 'Package too large for this machine',
    explain: {
      what: 'The host declares a package for which this machine has no room. Nothing of it was fetched.',
      why: 'The package is very large, or the host declares a wrong size.',
      fix: 'Free space in the folder of the message, or build it on another host: swarm run build ATOM',
    },
  },
} as const satisfies Record<string, ErrorKind>;
