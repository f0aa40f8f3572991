import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Command, ExecResult } from '../core/connection.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { readLocalText } from '../core/files/read-local-file.ts';
import type { Json } from '../core/json-value.ts';
import type { AnyModule, Change, Probe } from '../core/module.ts';
import { parseForeignJson } from '../core/output/foreign-json.ts';
import { readProgram } from '../core/program/package-root.ts';
import { withRunFile } from '../remote/temporary/run-file.ts';
import type { ModuleFile } from './module-span.ts';

/** What stands beside the program in NAME.json: all is optional. */
const descriptionSchema = z.strictObject({
  summary: z.string().default('A program of the project'),
  /** A JSON Schema of the arguments. */
  args: z.record(z.string(), z.json()).optional(),
  example: z.string().default(''),
});

/** What the program prints. Other fields are what register keeps. */
const answerSchema = z.looseObject({
  changed: z.boolean().default(false),
  failed: z.boolean().default(false),
  msg: z.string().optional(),
  before: z.string().optional(),
  after: z.string().optional(),
});

type Answer = z.output<typeof answerSchema>;

/** A module that is a program in any language: it runs on the host, reads JSON on stdin and prints JSON. It is asked with `check: true`
 *  what differs, and runs with `check: false` where it printed `changed: true`. Throws SW1111 for a wrong description. */
export function executableModule(of: ModuleFile): AnyModule {
  const { summary, args, example } = readDescription(of);
  const schema =
    args === undefined ? z.record(z.string(), z.json()) : z.fromJSONSchema({ additionalProperties: false, ...args, type: 'object' });
  return { summary, args: schema, example, run: (probe: Probe, given: Json) => runProgram(of, probe, given) };
}

function readDescription({ name, file }: ModuleFile): z.output<typeof descriptionSchema> {
  const path = file.replace(/(\.\w+)?$/, '.json');
  if (!existsSync(path)) return descriptionSchema.parse({});
  try {
    return descriptionSchema.parse(JSON.parse(readLocalText(path)));
  } catch (cause) {
    throw new SwarmError('SW1111', `module ${name} cannot be loaded: ${path} is not a description of a module`, {
      hint: 'Write a JSON object with summary, args (a JSON Schema) and example.',
      detail: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
}

async function* runProgram(of: ModuleFile, probe: Probe, args: Json): AsyncGenerator<Change, Json, void> {
  const program = readFileSync(of.file);
  const command = (check: boolean): Command => {
    const input = { args, check, host: { name: probe.host.name, facts: { ...probe.facts } } };
    const stdin = Buffer.concat([Buffer.from(`${JSON.stringify(input)}\n`), program]);
    return {
      argv: ['/bin/sh', '-c', withRunFile(readProgram('src/engine/executable-module.sh')), 'sh', String(program.byteLength)],
      stdin,
    };
  };
  let answer = readAnswer(of, probe, await probe.query(command(true)));
  if (answer.changed) {
    const { before, after } = answer;
    yield {
      verb: 'update',
      subject: answer.msg ?? of.name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      apply: async (remote) => {
        answer = readAnswer(of, probe, await remote.exec(command(false)));
      },
    };
  }
  const { changed: _changed, failed: _failed, before: _before, after: _after, ...registered } = answer;
  return registered as Json;
}

function readAnswer({ name }: ModuleFile, probe: Probe, { exit, stdout, stderr }: ExecResult): Answer {
  if (stderr.trim() !== '') probe.emit({ type: 'task.output', stream: 'stderr', lines: stderr.trimEnd().split('\n') });
  const { value, why } = parseJson(stdout);
  const parsed = answerSchema.safeParse(value);
  if (parsed.success && parsed.data.failed)
    throw new SwarmError('SW6012', parsed.data.msg ?? `module ${name} failed`, { cause: parsed.data });
  if (parsed.success && exit === 0) return parsed.data;
  const reason = exit === 0 ? `printed no JSON object${why === undefined ? '' : `: ${why}`}` : `ended with exit status ${exit}`;
  throw new SwarmError('SW6015', `module ${name} ${reason}`, {
    detail: (stderr || stdout).trim().slice(-2000).split('\n').slice(-20).join('\n'),
    hint: 'A program of modules/ reads { args, check, host } on stdin and prints { "changed": true or false }.',
  });
}

/** `why`: for JSON that is refused. */
function parseJson(text: string): { readonly value?: Json; readonly why?: string } {
  try {
    return { value: parseForeignJson(text) };
  } catch (error) {
    return error instanceof SyntaxError ? {} : { why: (error as Error).message };
  }
}
