/** The style sheet of the HTML report, for light and dark screens, phones and paper. */
export const REPORT_CSS = `
:root { --ground: #fff; --text: #1d2126; --dim: #59636e; --line: #d5dae0; --soft: #f3f5f7; --ok: #2c7a4b; --bad: #b3261e; --run: #2361a8; --path: #8a5a00; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --text: #e4e7ea; --dim: #9aa4af; --line: #343b43; --soft: #1d2226; --ok: #5cb87e; --bad: #ff8a80; --run: #7db3f0; --path: #f0b849; --on: #14171a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; color: var(--bad); } article.unreachable h3 { color: var(--path); }
.verdict { font-size: 1rem; font-weight: 600; border: 1px solid; border-radius: .25rem; padding: .1rem .5rem; vertical-align: middle; white-space: nowrap; }
.verdict.ok { color: var(--ok); } .verdict.failed, .verdict.interrupted { color: var(--bad); } .verdict.running { color: var(--run); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .5rem 1.5rem; margin: 0; }
dl div { max-width: 100%; } dt { color: var(--dim); font-size: .85rem; } dd { margin: 0; overflow-wrap: anywhere; }
@media (min-width: 40rem) { dl div.long { grid-column: span 2; } }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .25rem; padding: .75rem; overflow-x: auto; font-size: .85rem; margin: .25rem 0; }
summary { cursor: pointer; padding: .25rem 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--dim); font-weight: 500; white-space: nowrap; } tbody th { font-weight: 500; }
.num { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.hash { font-family: ui-monospace, monospace; font-size: .75rem; overflow-wrap: anywhere; min-width: 16rem; }
tr.aside td { color: var(--path); }
.bar { position: relative; min-width: 10rem; padding: 0; vertical-align: middle; }
.bar span { display: block; height: .7rem; background: var(--ok); } .bar span.failed { background: var(--bad); } .bar span.running, .bar span.queued { background: var(--run); }
.bar i { position: absolute; top: .1rem; bottom: .1rem; width: 2px; background: var(--text); }
svg { display: block; width: 100%; min-width: 44rem; font: 12px system-ui, sans-serif; }
svg .name, svg .time { fill: var(--text); } svg .time { font-size: 10px; text-anchor: middle; fill: var(--dim); }
svg .tick { stroke: var(--line); } svg .label { fill: var(--on); font-size: 11px; }
svg rect.ok { fill: var(--ok); } svg rect.failed { fill: var(--bad); } svg rect.running { fill: var(--run); }
svg rect.critical { stroke: var(--path); stroke-width: 3; }
.legend { color: var(--dim); font-size: .85rem; } .key { display: inline-block; width: .8rem; height: .8rem; margin: 0 .3rem 0 .8rem; }
.key.ok { background: var(--ok); } .key.failed { background: var(--bad); } .key.running { background: var(--run); } .key.critical { border: 3px solid var(--path); }
:focus-visible { outline: 2px solid var(--run); outline-offset: 2px; }
@media (max-width: 40rem) { main { padding: .75rem; } h1 { font-size: 1.3rem; } .num, th, td { padding-right: .5rem; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } }
@media print {
  :root { --ground: #fff; --text: #000; --dim: #444; --line: #bbb; --soft: #fff; --on: #fff; --ok: #2c7a4b; --bad: #b3261e; --run: #2361a8; --path: #8a5a00; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } .wide { overflow: visible; } svg { min-width: 0; } pre { white-space: pre-wrap; }
  article, tr, svg { break-inside: avoid; } * { print-color-adjust: exact; }
}
`;
