import { z } from 'zod';
import { type AnyModule, defineModule } from '../../src/core/module.ts';
import type { ModuleSource } from '../../src/language/playbook/playbook-files.ts';

// biome-ignore lint/correctness/useYield: these are read, never run
async function* run(): AsyncGenerator<never, null, void> {
  return null;
}

const argv = z.array(z.string()).min(1);

const modules: Readonly<Record<string, AnyModule>> = {
  ping: defineModule({ summary: '', args: z.strictObject({}), example: '', run }),
  debug: defineModule({ summary: '', args: z.strictObject({ msg: z.json() }), freeForm: 'msg', example: '', run }),
  command: defineModule({
    summary: '',
    args: z.strictObject({ cmd: z.union([z.string(), argv]), chdir: z.string().optional() }),
    freeForm: 'cmd',
    example: '',
    run,
  }),
  shell: defineModule({
    summary: '',
    args: z.strictObject({ cmd: z.string(), chdir: z.string().optional() }),
    freeForm: 'cmd',
    shellArgs: ['cmd'],
    example: '',
    run,
  }),
  copy: defineModule({
    summary: '',
    args: z.strictObject({
      src: z.string(),
      dest: z.string().startsWith('/', 'an absolute path of the host'),
      mode: z.string().optional(),
    }),
    example: '',
    run,
  }),
  emerge: defineModule({
    summary: '',
    args: z.strictObject({ atom: z.string(), options: z.array(z.string()).default([]), jobs: z.int().optional() }),
    freeForm: 'atom',
    example: '',
    run,
  }),
};

/** A handful of modules that stand for the real ones. */
export const fakeModules: ModuleSource = { names: Object.keys(modules), load: async (name) => modules[name] };
