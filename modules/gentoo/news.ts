import { defineModule, queryScript, runOrThrow, z } from '../../src/index.ts';

export default defineModule({
  summary: 'List the unread news of the repositories, and mark them as read',
  args: z.strictObject({ mark_read: z.boolean().default(false).describe('Mark all as read') }),
  returns: z.strictObject({
    unread: z.array(z.strictObject({ date: z.string(), title: z.string() })),
    count: z.int().describe('How many were unread'),
  }),
  example: `news:
  mark_read: true
`,
  async *run(probe, { mark_read }) {
    const text = await queryScript(probe, 'LC_ALL=C eselect --colour=no news list', [], 'eselect news');
    const unread = [...text.matchAll(/^\s*\[\d+\]\s+N\s+(\d{4}-\d\d-\d\d)\s+(.*)$/gm)].map(([, date = '', title = '']) => ({
      date,
      title: title.trim(),
    }));
    if (mark_read && unread.length > 0) {
      yield {
        verb: 'update',
        subject: 'news',
        before: unread.map(({ date, title }) => `unread ${date} ${title}\n`).join(''),
        after: '',
        apply: async (remote) => void (await runOrThrow(remote, ['eselect', 'news', 'read', '--quiet', 'new'], 'eselect news')),
      };
    }
    return { unread, count: unread.length };
  },
});
