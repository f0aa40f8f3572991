import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { containsSecret, maskJson, maskText, registerSecret, secretForms } from '../../src/core/mask.ts';

const CANARY = `tok'en "7$x`;
test('what is too short to be masked is not registered', () => {
  for (const value of ['', 'ab', '      ', '  ab   ', '\n\n\n\n\n\n']) expect(registerSecret(value), JSON.stringify(value)).toBe(false);
  expect(maskText('ab      0%20+++\n\n\n\n\n\n')).toBe('ab      0%20+++\n\n\n\n\n\n');
});

const KEY = 'first line of a key\nsecond line of it';

describe('a value that is hidden', () => {
  beforeAll(() => {
    expect(maskText(`before: ${CANARY}`)).toBe(`before: ${CANARY}`);
    registerSecret(CANARY);
    registerSecret(KEY);
  });

  test.each([
    ['plain', CANARY],
    ['in JSON', JSON.stringify({ a: CANARY })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify([CANARY]))],
    ['in a URL', `https://x/?t=${encodeURIComponent(CANARY)}&b`],
    ['in a form', `t=${encodeURIComponent(CANARY).replaceAll('%20', '+')}`],
    ['quoted for a shell', `echo '${CANARY.replaceAll("'", `'\\''`)}'`],
    ['quoted by printf %q', 'tok\\\'en\\ \\"7\\$x'],
    ['as a text of SQL', `IDENTIFIED BY '${CANARY.replaceAll("'", "''")}'`],
    ['as a name of SQL', `"${CANARY.replaceAll('"', '""')}"`],
    ['with a backslash before quotes', `'${CANARY.replace(/['"]/g, '\\$&')}'`],
    ['with a backslash before one kind of quotes', `'${CANARY.replaceAll("'", "\\'")}'`],
    ['in a unit of systemd', `"${CANARY.replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`],
    ['in fstab', CANARY.replaceAll(' ', '\\040')],
    ['in XML', CANARY.replaceAll('"', '&quot;').replaceAll("'", '&#39;')],
    ['in hex', Buffer.from(CANARY).toString('hex')],
    ['in HEX', Buffer.from(CANARY).toString('hex').toUpperCase()],
  ])('is not seen %s', (_, text) => {
    expect(containsSecret(text)).toBe(true);
    expect(maskText(text)).toContain('••••');
    for (const form of secretForms(CANARY)) expect(maskText(text)).not.toContain(form);
  });

  test('is not seen in base64, whatever stands before and behind it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        fc.constantFrom('base64', 'base64url'),
        (before, after, how) => {
          const text = Buffer.concat([before, Buffer.from(CANARY), after]).toString(how as 'base64');
          const shown = maskText(text);
          const read = Buffer.from(shown.replace('••••', ''), 'base64').toString('latin1');
          expect(shown).toContain('••••');
          expect(read).not.toContain(CANARY.slice(1, -1));
        },
      ),
    );
  });

  test('is not seen line by line, when it has several', () => {
    expect(maskText('> second line of it <')).toBe('> •••• <');
  });

  test.each([
    ['grep --color', `tok'\x1b[01;31m\x1b[Ken "7\x1b[m\x1b[K$x`],
    ['a code between all characters', [...CANARY].join('\x1b[0m')],
    ['a NUL', `${CANARY.slice(0, 3)}\0${CANARY.slice(3)}`],
    ['a title', `${CANARY.slice(0, 3)}\x1b]0;x\x07${CANARY.slice(3)}`],
    ['colours as JSON writes them', JSON.stringify({ a: `tok'\x1b[31men "7$\x1b[0mx` })],
  ])('is not seen with %s in it', (_, text) => {
    const shown = maskText(`before \x1b[1m${text} after`);
    expect(shown).toContain('••••');
    expect(shown).toMatch(/^before .* after$/s);
    expect(shown.replace(/\x1b\[[\d;]*[mK]|\x1b\]0;x\x07|\\u001b\[\d+m|\0/g, '')).not.toMatch(/tok|en "7|\$x/);
    expect(shown.match(/\x1b\[|\\u001b\[/g)?.length).toBe(`\x1b[1m${text}`.match(/\x1b\[|\\u001b\[/g)?.length);
  });

  test.each([
    ['characters without a width', [...CANARY].join('\u200b')],
    ['a soft hyphen, a mark of direction and a byte order mark', `t\u00ado\u202ek\ufeff${CANARY.slice(3)}`],
    ['an invisible letter above 16 bits', `to\u{e0061}${CANARY.slice(2)}`],
    ['such characters as JSON writes them', `tok'\\u200ben \\u0000"7$x`],
    ['each character typed twice, as man does it', [...CANARY].map((char) => `${char}\b${char}`).join('')],
    ['wrong characters that are taken back', `toXYZ\b\b\b${CANARY.slice(2)}`],
    ['taken back between colours', `to\x1b[31mX\x1b[0m\b${CANARY.slice(2)}`],
  ])('is not seen with %s', (_, text) => {
    expect(maskText(`before\n${text}, after`).replaceAll(/\x1b\[\d+m|\p{DI}|\\\\u\w{4}|\0/gu, '')).toMatch(/^before\n•••••*, after$/);
  });

  test('a megabyte of codes and backspaces is masked in linear time', () => {
    const before = process.cpuUsage().user;
    expect(maskText(`${'ab\b\x1b[m\u200b'.repeat(150_000)}${[...CANARY].join('\b\u200b \b')}`).length).toBeGreaterThan(1_000_000);
    expect(process.cpuUsage().user - before).toBeLessThan(3_000_000);
  });

  test('a secret whose letter is typed over an earlier one is masked', () => {
    const back = '\b'.repeat(CANARY.length - 3);
    expect(maskText(`${CANARY.slice(0, 3)}X${CANARY.slice(4)}${back}${CANARY[3]}`)).toBe('••••');
    expect(maskText('10%\b\b\b20%\b\b\b30%')).toBe('10%\b\b\b20%\b\b\b30%');
  });

  test('a colour around a secret stays', () => {
    expect(maskText(`\x1b[31m${CANARY}\x1b[0m \x1b[1m${KEY.slice(0, 5)}`)).toBe(`\x1b[31m••••\x1b[0m \x1b[1m${KEY.slice(0, 5)}`);
  });

  test('is not seen inside any value, as a key neither; what is not text stays', () => {
    expect(maskJson({ [CANARY]: [CANARY, 7, null, { deep: `x${CANARY}y` }], same: true })).toEqual({
      '••••': ['••••', 7, null, { deep: 'x••••y' }],
      same: true,
    });
  });

  test('leaves other text alone', () => {
    fc.assert(fc.property(fc.stringMatching(/^[A-Z ]{0,40}$/), (text) => maskText(text) === text));
  });
});
