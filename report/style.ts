/** The style sheet of a report: one column for reading, light and dark, printable. Nothing is loaded from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6570; --line: #d8dde3; --paper: #fdfdfc; --card: #fff;
  --kept: #2f7d5b; --duplicate: #c79a3a; --contaminated: #7a5cb8; --left: #7d868f; --rejected: #b8493f; --bar: #54708f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa5b0; --line: #353c44; --paper: #15181b;
  --card: #1c2024; --kept: #58b389; --duplicate: #d9b25c; --contaminated: #a68be0; --left: #8a949e; --rejected: #dd776d; --bar: #86a3c3; } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2.5rem 1.5rem 6rem; max-width: 66rem; color: var(--ink); background: var(--paper);
  font: 15px/1.65 "Pretendard", "Apple SD Gothic Neo", "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", system-ui, sans-serif;
  word-break: keep-all; overflow-wrap: anywhere }
h1 { font-size: 1.9rem; margin: 0; letter-spacing: -.02em }
h2 { font-size: 1.25rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 0 }
p { margin: .4rem 0 }
.soft, .tick, .axis-label { color: var(--soft) }
code, .digest { font-family: ui-monospace, "D2Coding", monospace; font-size: .88em }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; margin-top: 1rem }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 1.75rem 0 }
.figures div { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; background: var(--card) }
.figures b { display: block; font-size: 1.45rem; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .32rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }
th:first-child { text-align: left; font-weight: 600 }
thead th { color: var(--soft); font-weight: 500; font-size: .85rem }
td.wide { width: 45% }
.stack { display: flex; height: 1rem; border-radius: 3px; overflow: hidden; background: var(--line) }
.part.kept, .legend .kept { background: var(--kept) } .part.duplicate, .legend .duplicate { background: var(--duplicate) }
.part.contaminated, .legend .contaminated { background: var(--contaminated) } .part.left, .legend .left { background: var(--left) }
.part.rejected, .legend .rejected { background: var(--rejected) }
.legend { display: flex; gap: 1.1rem; margin: .3rem 0 .8rem; color: var(--soft); font-size: .88rem }
.legend i { display: inline-block; width: .75rem; height: .75rem; border-radius: 2px; margin-right: .35rem; vertical-align: -1px }
.meter { display: block; height: .6rem; background: var(--bar); border-radius: 2px; min-width: 2px }
.rule { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: 1rem 1.2rem; margin: .9rem 0 }
.rule header { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline }
.rule svg { width: 100%; height: auto; margin-top: .6rem; display: block }
svg .bar { fill: var(--bar) } svg .axis { stroke: var(--line) } svg .tick { fill: var(--soft); font-size: 9px }
svg .threshold { stroke: var(--rejected); stroke-width: 1.5; stroke-dasharray: 4 3 }
svg .threshold-label { fill: var(--rejected); font-size: 11px; font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px }
svg .rejected-side { fill: var(--rejected); opacity: .09 }
details { margin-top: .6rem } summary { cursor: pointer; color: var(--soft) }
.examples { display: grid; grid-template-columns: 1fr 1fr; gap: .4rem 1.2rem } @media (max-width: 44rem) { .examples { grid-template-columns: 1fr } }
.example { border-left: 3px solid var(--line); padding: .1rem 0 .1rem .8rem; margin: .7rem 0 }
.example.kept { border-color: var(--kept) } .example.rejected { border-color: var(--rejected) } .example.contaminated { border-color: var(--contaminated) }
.example b { font-variant-numeric: tabular-nums }
.excerpt { display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden; font-size: .93rem }
article { border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: 1.1rem 1.4rem; margin: 1rem 0 }
article .text { white-space: pre-line; margin-top: .5rem }
pre { white-space: pre-wrap; font-size: .82rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem }
@media print { body { max-width: none } .rule, article { break-inside: avoid } }
`
