import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';

const NASTY = `;\n; ;0;-1;01;1.0;1e3;0x10;9999999999;99999999999999999999;0/1;1/2/3;/1;1/;.1;-0;+;a b;a\nb;a\0b;a\tb;\u00a0;\u2028x;\u0085;\
\x1c;\x1f1;\ufeff1;\u0661;ä;..;.;../x;x/y;*;9;9-pre1;7;5;4;3;2;1;8 8;x;__unknown__;rig::x;rig ; rig;rig-1.0;-rig;rig.d;\
rig rig;1-r0;made-1.0-r1;made-1.0_alpha;made-01;made-1.0-r01;made-1a;made-1.0_p1_p2;made-1.0_p1-1.0;made`.split(';');
const ATOMS = `rig-libs/base;>=rig-libs/base-1.0;=rig-libs/base-1*;=rig-libs/base-1.0-r1*;~rig-libs/base-1.0;~rig-libs/base-1.0-r1;\
!rig-libs/base;!!rig-libs/base;!!!rig-libs/base;rig-libs/base:0;rig-libs/base:0/1;rig-libs/base:0/1=;rig-libs/base:0=;\
rig-libs/base:=;rig-libs/base:*;rig-libs/base:0*;rig-libs/base:;rig-libs/base:/1;rig-libs/base:0/1/2;rig-libs/base[gui];\
rig-libs/base[-gui,doc];rig-libs/base[gui?];rig-libs/base[!gui?];rig-libs/base[gui=];rig-libs/base[!gui=];\
rig-libs/base[gui(+)];rig-libs/base[gui(-)?];rig-libs/base[-gui?];rig-libs/base[];rig-libs/base[gui,];\
rig-libs/base[gui(+),gui];rig-libs/base[gui][doc];rig-libs/base::rig;rig-libs/base:0::rig;rig-libs/base::;rig-libs/base-1.0;\
<rig-libs/base;=rig-libs/base;>rig-libs/base-1*;rig-libs/*;*/*;base;@world;rig-libs/base-;rig-libs/-base;>=rig-libs/base-1.0.;\
>=rig-libs/base-1.0-r;=>rig-libs/base-1;==rig-libs/base-1;rig-libs//base;/base;rig-libs/base\u00e9;gui? ( rig-libs/base );\
!gui? ( rig-libs/base );|| ( rig-libs/base rig-libs/left );|| ( );( );( rig-libs/base );( rig-libs/base;rig-libs/base );\
gui? rig-libs/base;|| rig-libs/base;||;gui?;^^ ( rig-libs/base );?? ( rig-libs/base );?? ( );(rig-libs/base);\
|| ( gui? ( rig-libs/base ) );|| ( ( rig-libs/base rig-libs/left ) rig-libs/right );nosuch? ( rig-libs/base );\
+gui? ( rig-libs/base );!!gui? ( rig-libs/base );? ( rig-libs/base );!? ( rig-libs/base );gui?( rig-libs/base );\
__const__/empty-any-of;%base;rig-libs/base ? ( x );"rig-libs/base";|| ( || ( rig-libs/base rig-libs/left ) );a/b;A/B;_a/_b;\
1/1;a.b/c;a/b.c;a+/b+;a/b-1-1;a/b-1.0b-c;virtual/x`.split(';');
const KEYS = `CATEGORY PF BUILD_ID BUILD_TIME SLOT EAPI repository USE IUSE KEYWORDS CHOST CFLAGS LICENSE RESTRICT PROPERTIES PROVIDES
  REQUIRES DEFINED_PHASES`.split(/\s+/);
const DEPENDS = ['DEPEND', 'BDEPEND', 'RDEPEND', 'IDEPEND', 'PDEPEND'];

/** Other values, also ones that no package should have. */
export function changeValues(draft: Draft, random: Random): string {
  const key = random.pick(random.chance(0.4) ? DEPENDS : KEYS);
  const old = draft.values.find(([name]) => name === key)?.[1] ?? Buffer.alloc(0);
  const value = newValue(key, old, random);
  draft.values = [...draft.values.filter(([name]) => name !== key), ...(value === undefined ? [] : [[key, value] as [string, Buffer]])];
  if (random.chance(0.1)) draft.values.push([key, old]);
  if (random.chance(0.3) && key.endsWith('DEPEND'))
    draft.values = [...draft.values.filter(([name]) => name !== 'EAPI'), ['EAPI', Buffer.from(String(random.int(9)))]];
  return `${key} = ${value === undefined ? 'missing' : JSON.stringify(value.toString('latin1'))}`;
}

function newValue(key: string, old: Buffer, random: Random): Buffer | undefined {
  if (random.chance(0.06)) return undefined;
  if (DEPENDS.includes(key) || (random.chance(0.5) && /^(LICENSE|RESTRICT|PROPERTIES)$/.test(key))) {
    const atoms = Array.from({ length: 1 + random.int(3) }, () => random.pick(ATOMS)).join(random.chance(0.9) ? ' ' : '\n');
    return random.chance(0.15) ? spoilText(Buffer.from(atoms), random) : Buffer.from(`${atoms}\n`);
  }
  if (/^(PROVIDES|REQUIRES)$/.test(key) && random.chance(0.7)) {
    return Buffer.from(
      random.pick([
        'x86_64: libc.so.6',
        'x86_64: a b x86_32: c',
        'libc.so.6',
        'x86_64:',
        'x86_64: a x86_64: b',
        ': a',
        'x86_64: : a',
        'x86_64: a:',
        'a: b c: d e:',
      ]),
    );
  }
  if (old.length > 0 && random.chance(0.4)) return spoilText(old, random);
  return Buffer.from(random.pick(NASTY) + (random.chance(0.5) ? '\n' : ''));
}

function spoilText(bytes: Buffer, random: Random): Buffer {
  const at = random.int(bytes.length + 1);
  const put = Buffer.from([random.chance(0.5) ? random.int(256) : random.pick([...' \n\t\0/:-=*[](){}|?!@+.,_"\'\\~<>^']).charCodeAt(0)]);
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + (random.chance(0.5) ? 1 : 0))]);
}
