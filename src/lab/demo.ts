/** One step of the demo: what is said, then the command that is run as a person would type it after `swarm`. */
export interface DemoStep {
  readonly lines: readonly string[];
  readonly argv?: readonly string[];
  /** The exit code that shows what is to be shown; default 0. */
  readonly exit?: number;
}

/** What `npm run demo` shows, over a project that `writeLabProject` wrote. */
export const demoSteps: readonly DemoStep[] = [
  {
    lines: [
      'Four throw-away drones now run on this machine. Each is an SSH server with a',
      'host key, a folder and a small Portage of its own. First every route must prove',
      'that it leads to the machine that was pinned. Nothing is run there yet.',
    ],
    argv: ['hosts', 'verify'],
  },
  {
    lines: [
      'Now a build: demo-app/desktop and the ten packages that it needs, each on',
      'whichever drone is free. What one needs of another is published first. Each',
      'package is fetched, its SHA-256 compared, and only then entered into the binhost.',
    ],
    argv: ['run', 'build', 'demo-app/desktop'],
  },
  {
    lines: ['The binhost is what clients install from. Every file again, against the index', 'and against its own Manifest:'],
    argv: ['binhost', 'check', '--deep'],
  },
  {
    lines: [
      'A package that does not compile: tried on other drones, reported with the first',
      'error of its log; the drones are not blamed.',
    ],
    argv: ['run', 'build', 'demo-app/broken'],
    exit: 2,
  },
  {
    lines: ['Deploying a change is one more playbook: one drone first, then half, then all.'],
    argv: ['push'],
  },
  { lines: ['And where everything stands, with the command to type next:'], argv: ['status'] },
];
