import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildStanza } from '../../../src/gentoo/binhost/stanza.ts';
import { readPackageFile } from '../../../src/gentoo/package/package-file.ts';

/** What a reader makes of a package: why it refuses it, or what it reads. */
export type Verdict = { readonly refused: string } | { readonly values: Readonly<Record<string, string>> };

/** Portage's own reader, in one Python process. */
export interface PortageJudge {
  judge(file: string): Promise<Verdict>;
  close(): Promise<void>;
}

/** Starts Portage's code of a checkout. */
export function startPortage(checkout: string): PortageJudge {
  const script = new URL('portage-judge.py', import.meta.url).pathname;
  const child = spawn('python3', [script, checkout], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return {
    async judge(file) {
      child.stdin.write(`${file}\n`);
      const { done, value } = await answers.next();
      if (done === true) throw new Error('Portage ended');
      const answer = JSON.parse(value) as { readonly refused?: string; readonly values?: Readonly<Record<string, unknown>> };
      if (answer.values === undefined) return { refused: answer.refused ?? '' };
      return { values: Object.fromEntries(Object.entries(answer.values).map(([key, one]) => [key, one === null ? '' : String(one)])) };
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

const FROM_INDEX = `BDEPEND BUILD_TIME CHOST DEFINED_PHASES DEPEND EAPI IDEPEND IUSE KEYWORDS LICENSE PDEPEND PROPERTIES PROVIDES RDEPEND
  REPO REQUIRES RESTRICT SLOT USE`.split(/\s+/);

/** Our reader, with the values that it would publish under the names that Portage has for them. */
export async function judgeHere(file: string): Promise<Verdict> {
  try {
    const read = await readPackageFile(file);
    const { values } = read;
    const stanza = buildStanza(read, { path: 'x', mtime: 0, buildId: read.buildId }, new Map());
    const text = Object.fromEntries(FROM_INDEX.map((key) => [key, stanza.get(key) ?? (key === 'EAPI' || key === 'SLOT' ? '0' : '')]));
    return {
      values: {
        ...text,
        CATEGORY: values.category,
        PF: values.pf,
        CFLAGS: values.cflags,
        repository: values.repository,
        slot: values.slot,
        sub_slot: values.subSlot,
        build_id: values.buildId === undefined ? '' : String(values.buildId),
        build_time: String(values.buildTime),
      },
    };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}
