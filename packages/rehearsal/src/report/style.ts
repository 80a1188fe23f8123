// The look of the report: system fonts, both colour schemes, one column that fits a phone.

export const style = `
:root { color-scheme: light dark;
  --page: light-dark(#fbfbf9, #14181b); --text: light-dark(#1d2529, #e4e9eb); --soft: light-dark(#5c6970, #98a5ac);
  --line: light-dark(#dfe3e1, #2c353a); --panel: light-dark(#fff, #1b2125); --track: light-dark(#eceeec, #262e33);
  --good: light-dark(#1c7c4a, #4fbf85); --bad: light-dark(#bb2d2d, #f08080); --rest: light-dark(#8b969c, #6f7d85);
  --tone0: light-dark(#3a6ea5, #6fa3d8); --tone1: light-dark(#d9822b, #e9a35a); --tone2: light-dark(#4a9d6f, #72c596);
  --tone3: light-dark(#8a5aa8, #b78ad3); --tone4: light-dark(#b8446c, #e07a9e); --tone5: light-dark(#7a7a3a, #b5b568); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 62rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; }
h2 { margin: 3rem 0 .75rem; font-size: 1.25rem; }
h3 { margin: 1.5rem 0 .4rem; font-size: 1rem; }
p { margin: .25rem 0; }
.soft, dt, small, th, .axis { color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); } .rest { color: var(--rest); }
.verdict { font-size: 1.15rem; font-weight: 600; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { margin: .4rem 0; padding: .6rem .8rem; overflow-x: auto; white-space: pre-wrap; color: var(--text);
  background: var(--track); border-radius: .3rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1px; margin: 1.75rem 0 0;
  background: var(--line); border: 1px solid var(--line); border-radius: .4rem; overflow: hidden; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .8rem 1rem; background: var(--panel); }
dt { font-size: .85rem; line-height: 1.35; }
dd { margin: 0; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.steps { margin: 0; padding-left: 1.6rem; }
.steps li { padding: .15rem 0; } .steps li > span:first-child { color: var(--text); }
.bars { margin: .5rem 0; }
.row { display: grid; grid-template-columns: minmax(8rem, 17rem) 1fr 16.5rem; gap: .75rem; align-items: center; padding: .1rem 0; font-size: .9rem; }
.track { position: relative; height: .7rem; background: var(--track); border-radius: .35rem; overflow: hidden; }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: .35rem; background: currentColor; }
.note { font-variant-numeric: tabular-nums; color: var(--soft); text-align: right; white-space: nowrap; }
details { border-top: 1px solid var(--line); padding: .6rem 0; }
summary { cursor: pointer; font-weight: 600; } summary .soft { font-weight: 400; }
.way { padding: .25rem 0 .75rem; border-top: 1px solid var(--line); }
.chain { display: flex; flex-wrap: wrap; gap: .5rem 1.6rem; margin: 0; padding: 0; list-style: none; }
.chain li { position: relative; padding: .4rem .7rem; background: var(--panel); border: 1px solid var(--line); border-radius: .4rem; }
.chain li:not(:last-child)::after { content: "→"; position: absolute; right: -1.35rem; top: .9rem; color: var(--soft); }
.chain small { display: block; } .chain .key { border-color: var(--tone0); }
.whole { font-size: .8rem; color: var(--soft); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th { font-weight: 400; } th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
.left { text-align: left; } .right { text-align: right; }
.size { position: relative; display: block; width: 8rem; height: .7rem; margin-top: .35rem; background: var(--track); border-radius: .35rem; overflow: hidden; }
.size span { position: absolute; top: 0; bottom: 0; left: 0; background: var(--tone0); opacity: .4; } .size .pulled { opacity: 1; }
.shares { display: block; width: 100%; height: 12rem; background: var(--track); border-radius: .4rem; }
.shares path { stroke: var(--page); stroke-width: .5; }
.axis { display: flex; justify-content: space-between; font-size: .85rem; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border-radius: .2em; background: currentColor; }
.tone0 { fill: var(--tone0); color: var(--tone0); } .tone1 { fill: var(--tone1); color: var(--tone1); }
.tone2 { fill: var(--tone2); color: var(--tone2); } .tone3 { fill: var(--tone3); color: var(--tone3); }
.tone4 { fill: var(--tone4); color: var(--tone4); } .tone5 { fill: var(--tone5); color: var(--tone5); }
@media (max-width: 52rem) {
  body { padding-top: 1.5rem; }
  .row { grid-template-columns: 1fr auto; gap: .1rem .75rem; padding: .35rem 0; } .track { grid-column: 1 / -1; grid-row: 2; }
  .chain { flex-direction: column; align-items: flex-start; gap: 1.3rem; }
  .chain li:not(:last-child)::after { content: "↓"; left: .8rem; right: auto; top: auto; bottom: -1.5rem; }
}
`;
