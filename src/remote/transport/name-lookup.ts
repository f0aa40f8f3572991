import { execFile } from 'node:child_process';
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

/** Looks a name up as the system does, in a program of its own. Node would use one of the four threads that files are written with, for
 *  as long as a name server does not answer, and could not end meanwhile. */
export function lookupName(signal: AbortSignal): LookupFunction {
  return (name, options: LookupOptions, done) => {
    execFile('getent', ['ahosts', name], { signal, encoding: 'utf8' }, (error, stdout) => {
      if (error?.code === 'ENOENT') return lookup(name, options, done); // the program is not installed
      const wanted = readAddresses(stdout).filter(({ family }) => ![4, 6].includes(Number(options.family)) || family === options.family);
      const [first] = wanted;
      if (first === undefined) done(Object.assign(new Error(`${name} is not known`), { code: 'ENOTFOUND' }), '');
      else if (options.all) done(null, wanted);
      else done(null, first.address, first.family);
    });
  };
}

/** `2001:db8::7  STREAM d7.example.org`: a line for each address and each kind of socket. */
function readAddresses(text: string): readonly LookupAddress[] {
  const addresses = new Set(text.split('\n').map((line) => line.split(/\s/, 1)[0] ?? ''));
  return [...addresses].filter((address) => isIP(address) !== 0).map((address) => ({ address, family: isIP(address) }));
}
