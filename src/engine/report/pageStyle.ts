/** Style of the pages: light and dark as the reader has it, and on paper; errors differ by line and sign too, not by colour alone. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #57606a; --line: #d0d7de; --shade: #f6f8fa;
  --wrong: #a40e26; --right: #0b5c2b; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9aa4af; --line: #30363d;
  --shade: #161b22; --wrong: #ff9d95; --right: #6fdd8b; --link: #7cb7ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
a { color: var(--link); } small, .faint { color: var(--faint); } nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem;
  list-style: none; padding: 0; margin: .5rem 0; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; }
.figures div { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem; background: var(--shade); }
.figures dt { color: var(--faint); font-size: .85rem; } .figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
.figures dd small { display: block; font-size: .8rem; font-weight: 400; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--faint); padding: .25rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
th, td strong { overflow-wrap: normal; } td:not(.number) { min-width: 5rem; }
thead th { border-bottom-width: 2px; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; overflow-wrap: normal; }
tbody th { min-width: 8rem; font-weight: 600; } meter { width: 8rem; }
meter::-webkit-meter-optimum-value { background: var(--faint); } meter::-moz-meter-bar { background: var(--faint); }
.side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 2rem; }
.missing { color: var(--wrong); } .added { color: var(--right); }
del { text-decoration: line-through; text-decoration-thickness: 2px; }
ins { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px; }
.words > span { margin-right: .45em; display: inline-block; }
tr:target td { outline: 2px solid var(--link); outline-offset: -2px; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 40rem) { body { padding: .75rem; } }
@media (forced-colors: active) { .missing, .added { color: CanvasText; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; color: #000; background: #fff; } nav { display: none; }
  tr, .figures div { break-inside: avoid; } thead { display: table-header-group; } h2 { break-after: avoid; }
  .scroll { overflow: visible; } a { color: inherit; text-decoration: none; } }
`;
