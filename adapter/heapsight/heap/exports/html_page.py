"""The frame of the HTML report: its style and its script, inline, as the page must need nothing but itself."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --text: #1c2330; --dim: #667085; --line: #e3e7ed;
  --accent: #2f6fed; --bar: #cfe0ff; --warm: #d9480f; --warm-bar: #ffd8c2; --code: #eef1f6; }
@media (prefers-color-scheme: dark) { :root { --ground: #12151b; --card: #1a1f28; --text: #e4e8ef; --dim: #8d98aa;
  --line: #2a313d; --accent: #7aa7ff; --bar: #24406f; --warm: #ff9b66; --warm-bar: #5c3320; --code: #232a35; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 36px 0 4px; }
p { margin: 4px 0 12px; }
.dim { color: var(--dim); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 20px 0 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.facts .card b { display: block; font-size: 21px; line-height: 1.3; font-variant-numeric: tabular-nums; }
.suspect { margin: 12px 0; border-left: 4px solid var(--warm); }
.suspect h3 { margin: 0; font-size: 15px; overflow-wrap: anywhere;
  display: flex; justify-content: space-between; gap: 16px; }
.suspect h3 span { white-space: nowrap; color: var(--warm); font-variant-numeric: tabular-nums; }
.meter { height: 6px; border-radius: 3px; background: var(--code); margin: 8px 0; overflow: hidden; }
.meter i { display: block; height: 100%; background: var(--warm); }
code, .path { font: 12.5px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { background: var(--code); border-radius: 5px; padding: 2px 6px; overflow-wrap: anywhere; white-space: pre-wrap; }
.path { list-style: none; margin: 8px 0 0; padding: 0; }
.path li { padding-left: 18px; position: relative; overflow-wrap: anywhere; white-space: pre-wrap; }
.path li + li::before { content: "↳"; position: absolute; left: 0; color: var(--dim); }
.path em { font-style: normal; color: var(--dim); }
.table { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  overflow: auto; max-height: 560px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; font-weight: 600; color: var(--dim); position: sticky; top: 0; background: var(--card); }
th.text, td.text { text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; min-width: 160px; }
td.bar { background: linear-gradient(to left, var(--bar) var(--share), transparent var(--share)); }
tbody tr:hover td:not(.bar) { background: var(--code); }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--accent); border-radius: 3px; }
th[aria-sort=descending] button::after { content: " ↓"; }
th[aria-sort=ascending] button::after { content: " ↑"; }
input[type=search] { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: 6px 12px; width: 320px; max-width: 100%; margin: 6px 0 10px; }
details { margin: 6px 0 6px 4px; }
summary { cursor: pointer; }
summary, details p { white-space: pre-wrap; } /* blanks of a value are the value's */
details details, details p { margin-left: 20px; }
footer { padding: 40px 24px; color: var(--dim); }
@media print { input, nav { display: none; } body { background: none; } .table { max-height: none; } }
"""

# Sorts a table by the column whose heading is pressed, and hides rows that do not contain what is typed.
SCRIPT = """
const key = (row, column) => {
  const cell = row.cells[column];
  return 'value' in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
};
const compare = (a, b) => (typeof a === 'number' ? a - b : a.localeCompare(b));
for (const table of document.querySelectorAll('table[data-sortable]')) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement('button');
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const rows = [...table.tBodies[0].rows];
      const textual = heading.classList.contains('text');
      const before = heading.getAttribute('aria-sort');
      const up = before ? before === 'descending' : textual;
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      rows.sort((a, b) => compare(key(a, column), key(b, column)) * (up ? 1 : -1));
      table.tBodies[0].append(...rows);
    });
  });
}
for (const input of document.querySelectorAll('input[data-filters]')) {
  const rows = [...document.getElementById(input.dataset.filters).tBodies[0].rows];
  input.addEventListener('input', () => {
    const wanted = input.value.toLowerCase();
    for (const row of rows) row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
  });
}
"""
