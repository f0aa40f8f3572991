import type { ErrorKind } from './kind.ts';

const local = { exit: 1, outcome: 'failed', retry: 'never', cause: 'local' } as const;

/** Errors of this machine and of swarm itself. */
export const localErrors = {
  SW5000: {
    ...local,
    retry: 'other-host',
    cause: 'unknown',
    title: 'A bug in swarm',
    explain: {
      what: 'swarm met an error that it does not expect.',
      why: 'This is a mistake in the program, not in your files.',
      fix: 'Report it where you got swarm from, with the command, the text below the message, and the output of: swarm --version; SWARM_DEBUG=all swarm …',
    },
  },
  SW5001: {
    ...local,
    title: 'Disk full on this machine',
    explain: {
      what: 'This machine has no space left for a file. Nothing half done was published.',
      why: 'The file system or your quota is full.',
      fix: 'Free some space (df -h shows where), then run again: swarm runs resume last',
    },
  },
  SW5002: {
    ...local,
    title: 'Journal damaged',
    explain: {
      what: 'A record in the middle of a journal cannot be read. swarm guesses nothing.',
      why: 'The disk damaged the file, or another program changed it.',
      fix: 'Start a new run. To see the other runs, run: swarm runs list',
    },
  },
  SW5003: {
    ...local,
    title: 'File cannot be used on this machine',
    explain: {
      what: 'A file on this machine cannot be read or written.',
      why: 'The message names the file and the reason.',
      fix: 'Correct what the message names, then run the command again.',
    },
  },
  SW5004: {
    ...local,
    title: 'Permission denied on this machine',
    explain: {
      what: 'Your user may not read or write a file or folder on this machine.',
      why: 'Its owner or its mode does not allow it. Often root ran swarm in the project before.',
      fix: 'To see the owner, run: ls -ld PATH. To take a project back, run: sudo chown -R "$USER" PROJECT',
    },
  },
  SW5005: {
    ...local,
    title: 'Read-only file system on this machine',
    explain: {
      what: 'A file on this machine cannot be written.',
      why: 'Its file system is mounted read-only.',
      fix: 'Move the project to a file system that can be written, or run: mount -o remount,rw MOUNTPOINT',
    },
  },
  SW5006: {
    ...local,
    precedence: 0,
    title: 'Limit of this machine reached',
    explain: {
      what: 'This machine gives swarm no more open files, processes or memory.',
      why: 'A limit of your user or of the system is too low for this many hosts.',
      fix: 'Raise the limit: ulimit -n 4096. Or work on fewer hosts at once: swarm run PLAYBOOK -f 8',
    },
  },
  SW5007: {
    ...local,
    title: 'File or folder missing on this machine',
    explain: {
      what: 'A file or a folder that swarm needs on this machine does not exist.',
      why: 'Another program removed or renamed it while swarm was running, or its path is wrong.',
      fix: 'Make it again, or change to a folder that exists: cd PROJECT',
    },
  },
  SW5008: {
    ...local,
    title: 'User without an account on this machine',
    explain: {
      what: 'swarm cannot find out the name or the home of your user.',
      why: 'Your user id has no entry in /etc/passwd. This is frequent in containers.',
      fix: 'Add an entry: echo "me:x:$(id -u):$(id -g)::/tmp:/bin/sh" >> /etc/passwd. Or start the container with a user that exists.',
    },
  },
  SW5009: {
    ...local,
    title: 'Disk error on this machine',
    explain: {
      what: 'The disk of this machine reported an error for a file.',
      why: 'The disk, its cable or the network file system fails.',
      fix: 'To see the messages of the kernel, run: dmesg | tail',
    },
  },
  SW5010: {
    ...local,
    title: 'Program cannot be started on this machine',
    explain: {
      what: 'A program that swarm needs on this machine does not start.',
      why: 'It is not installed, it is not in PATH, or it may not be executed.',
      fix: 'Install the program that the message names, then run the command again.',
    },
  },
  SW5011: {
    ...local,
    title: 'Network of this machine',
    explain: {
      what: 'This machine cannot open a network connection or a port.',
      why: 'The port is in use, the address does not belong to this machine, or the network is down.',
      fix: 'To see who uses the port, run: ss -tlnp',
    },
  },
  SW5012: {
    ...local,
    title: 'swarm ended too early',
    explain: {
      what: 'The process ended before the command was complete.',
      why: 'A module of the project calls process.exit(), or waits for something that never ends.',
      fix: 'Correct the module. To see what it does, run: swarm modules NAME',
    },
  },
  SW5020: {
    ...local,
    title: 'File in use by another process',
    explain: {
      what: 'A file that several people or processes may change was not changed.',
      why: 'Another process holds the lock on the folder of the file, or writes the file again and again.',
      fix: 'Run the command again. To see which process it is, run: fuser -v FOLDER',
    },
  },
  SW5021: {
    ...local,
    title: 'Project of somebody else',
    explain: {
      what: 'swarm did not use a project that it found in the current folder or above it.',
      why: 'Another user owns a part of it, or everybody may write to it. Its routes, modules and secrets would run commands as you.',
      fix: 'To use the project all the same, name it: swarm -C DIR …. To close it to others, run: chmod -R go-w PROJECT',
    },
  },
  SW5022: {
    ...local,
    title: 'swarm was replaced while it ran',
    explain: {
      what: 'A file of swarm itself was gone when a command needed it. What was done until then is in the journal of the run.',
      why: 'Another version was installed, or swarm was built again, while a command or a run went on.',
      fix: 'Run the same command again. A run goes on with: swarm runs resume last',
    },
  },
} as const satisfies Record<string, ErrorKind>;
