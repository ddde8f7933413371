// Looks and behaviour of the contact sheet. Without the script everything is shown; the search box appears with it.
#pragma once

namespace genga::curate {

inline constexpr const char* kContactSheetStyle = R"(
:root { color-scheme: light dark; --page: #f6f6f4; --card: #ffffff; --ink: #1d1e22; --soft: #66686f; --line: #e2e2de;
  --good: #15803d; --bad: #b3261e; --accent: #3d63dd; --ground: #ececea; }
@media (prefers-color-scheme: dark) { :root { --page: #121317; --card: #1b1d23; --ink: #e9e9ec; --soft: #9b9da6;
  --line: #2d3038; --good: #5fd38a; --bad: #ff8a80; --accent: #86a4ff; --ground: #262931; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1400px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 28px; line-height: 1.2; margin: 2px 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 0 0 4px; }
h2 .count { color: var(--soft); font-weight: 400; }
.kicker, .stat .label { color: var(--soft); font-size: 12px; letter-spacing: .05em; text-transform: uppercase; }
.sub, .note { color: var(--soft); margin: 0 0 12px; }
.note { font-size: 13px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 16px 0; }
.stats { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px 20px; }
.stat .value { font-size: 22px; font-weight: 600; line-height: 1.3; }
.stat .detail { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 10px 0 0; font-size: 14px; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
form { position: sticky; top: 0; z-index: 2; display: none; flex-wrap: wrap; gap: 8px 12px; align-items: center;
  background: var(--page); padding: 10px 0; }
.script form { display: flex; }
input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  height: 36px; padding: 0 10px; min-width: 0; }
input[type=search] { flex: 1 1 220px; }
output { color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(158px, 1fr)); gap: 14px 12px; align-items: start; }
figure { margin: 0; min-width: 0; }
.frame { display: flex; align-items: center; justify-content: center; aspect-ratio: 1; background: var(--ground);
  border-radius: 6px; overflow: hidden; }
.frame img { max-width: 100%; max-height: 100%; width: auto; height: auto; display: block; }
.frame.broken { color: var(--soft); font-size: 13px; }
figcaption { font-size: 12.5px; line-height: 1.4; margin-top: 5px; overflow-wrap: anywhere; }
.why { color: var(--bad); } .kept { color: var(--good); }
.more { color: var(--soft); }
.groups { display: flex; flex-wrap: wrap; gap: 14px; }
.group { display: flex; flex-wrap: wrap; gap: 12px; border: 1px solid var(--line); border-radius: 8px; padding: 10px;
  max-width: 100%; }
.group figure { width: 158px; }
[hidden] { display: none !important; }
@media (max-width: 700px) { main { padding: 16px 10px 40px; } section { padding: 14px 12px; } h1 { font-size: 23px; }
  .grid { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 10px 8px; } .group figure { width: 118px; }
  .stats { grid-template-columns: 1fr 1fr; } }
@media print { form { display: none !important; } figure { break-inside: avoid; } }
)";

inline constexpr const char* kContactSheetScript = R"(
document.documentElement.classList.add('script');
const form = document.forms[0], words = form.elements.words, licence = form.elements.licence,
      split = form.elements.split, count = document.getElementById('count');
const tiles = [...document.querySelectorAll('figure')].map(figure =>
  ({figure, text: (figure.dataset.text + ' ' + figure.textContent).toLowerCase(), licence: figure.dataset.licence,
    split: figure.dataset.split}));
function fill(select, key) {
  const values = [...new Set(tiles.map(t => t[key]))].sort();
  for (const value of values) select.add(new Option(value, value));
  select.hidden = values.length < 2;
}
function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const tile of tiles) {
    const is_meant = wanted.every(word => tile.text.includes(word)) && (!licence.value || tile.licence === licence.value) &&
      (!split.value || tile.split === split.value);
    tile.figure.hidden = !is_meant;
    shown += is_meant;
  }
  for (const box of document.querySelectorAll('.group, section.images'))
    box.hidden = !box.querySelector('figure:not([hidden])');
  count.textContent = shown === tiles.length ? '' : shown + ' of ' + tiles.length + ' shown';
}
fill(licence, 'licence');
fill(split, 'split');
form.addEventListener('input', filter);
form.addEventListener('submit', event => event.preventDefault());
)";

}  // namespace genga::curate
