/** Five real sshd hosts behind wires whose far ends are led anywhere at random: nothing may reach a machine but what was meant for it.
 *  npm run bench:wrong-machine -- [RUNS] [SEED]; prints the seed, so that a finding can be had again. */
// loaded before the race begins: jiti hands out half of a module that several import at once
import '../src/remote/ssh/login-keys.ts';
import '../src/remote/ssh/ssh-transport.ts';
import { runPermutations } from '../test/remote/connect/permuted-addresses.ts';

const [runs = '1000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2);
const began = performance.now();
const { connects, proven, misdirected, wrongCommands, wrongLogins, wrongNames } = await runPermutations({
  runs: Number(runs),
  seed: Number(seed),
});
const seconds = ((performance.now() - began) / 1000).toFixed(0);
process.stdout.write(
  `seed ${seed}, ${runs} runs, ${connects} connects in ${seconds} s: ${proven} proved the host, ${misdirected} routes led to another machine; ` +
    `${wrongCommands.length} commands on a wrong machine, ${wrongLogins.length} logins offered to one, ${wrongNames.length} named wrongly\n`,
);
const wrong = [...wrongCommands, ...wrongLogins, ...wrongNames];
for (const each of wrong.slice(0, 20)) process.stdout.write(`  ${each}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
