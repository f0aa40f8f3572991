import { createRequire } from 'node:module';
import { COMPILED } from '../../../core/package-root.ts';

// React's development build notes every render for a profiler that nobody started, and never forgets one: 250 notes a second.
// So its production build is loaded here, before Ink asks for either; the environment of what swarm starts stays as it was.
// The bundled program has the production build in it.
if (!COMPILED) {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  const ofInk = createRequire(import.meta.resolve('ink'));
  for (const name of ['react', 'react/jsx-runtime', 'react-reconciler']) ofInk(name);
  if (before === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = before;
}
