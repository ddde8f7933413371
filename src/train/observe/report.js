'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const byId = (id) => document.getElementById(id);

  // Samples: the slider shows one preview at a time.
  const previews = [...document.querySelectorAll('.previews img')];
  const slider = byId('time');
  if (slider) {
    const play = byId('play');
    let timer = 0;
    const show = (index) => {
      slider.value = index;
      previews.forEach((preview, i) => { preview.hidden = i !== index; });
      byId('when').textContent = 'step ' + Number(previews[index].dataset.step).toLocaleString('en');
    };
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = '▶';
      play.ariaLabel = 'play';
    };
    const move = (by) => {
      stop();
      show(Math.min(Math.max(Number(slider.value) + by, 0), previews.length - 1));
    };
    play.onclick = () => {
      if (timer) return stop();
      if (Number(slider.value) === previews.length - 1) show(0);
      play.textContent = '❚❚';
      play.ariaLabel = 'pause';
      timer = setInterval(() => {
        if (Number(slider.value) === previews.length - 1) return stop();
        show(Number(slider.value) + 1);
      }, 700);
    };
    slider.oninput = () => { stop(); show(Number(slider.value)); };
    byId('back').onclick = () => move(-1);
    byId('next').onclick = () => move(1);
  }

  // Curves.
  if (!data.series.length) return;
  const settings = { smooth: 0, log: false, outliers: true, from: 0, to: 1 };
  const MARGIN = { left: 50, right: 10, top: 8, bottom: 20 };
  const HEIGHT = 180;
  const lastOf = (list) => list[list.length - 1];
  const first = Math.min(...data.series.map((s) => s.x[0]));
  const last = Math.max(...data.series.map((s) => lastOf(s.x)), first + 1);

  const number = (v) => {
    const size = Math.abs(v);
    if (size === 0) return '0';
    for (const [scale, unit] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
      if (size >= scale) return Number((v / scale).toPrecision(3)) + unit;
    }
    return size < 1e-3 ? v.toExponential(1).replace('e-', 'e−') : String(Number(v.toPrecision(3)));
  };

  // Exponential moving average, corrected for its start as Adam does.
  const smoothed = (values, weight) => {
    let mean = 0, total = 0;
    return values.map((v) => {
      mean = weight * mean + (1 - weight) * v;
      total = weight * total + (1 - weight);
      return mean / total;
    });
  };

  const niceTicks = (low, high, n) => {
    const rough = (high - low) / n;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((f) => f * power).find((f) => f >= rough);
    const ticks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-12) + 1e-300; ++i) {
      ticks.push(Number((i * step).toPrecision(12)));
    }
    return ticks;
  };
  const logTicks = (low, high) => {
    const decades = Math.log10(high / low);
    const factors = decades < 1.5 ? [1, 2, 5] : decades < 4 ? [1, 3] : [1];
    const ticks = [];
    for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); ++e) {
      for (const f of factors) {
        const tick = Number((f * 10 ** e).toPrecision(6));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks.length > 2 ? ticks : niceTicks(low, high, 5);
  };

  const range = (values, mean) => {
    const usable = (settings.log ? values.filter((v) => v > 0) : values.slice()).sort((a, b) => a - b);
    if (!usable.length) return null;
    const cut = settings.outliers && usable.length > 20 ? Math.floor(usable.length / 50) : 0;
    let low = usable[cut], high = usable[usable.length - 1 - cut];
    // The smooth curve is shown whole, unless it leaves far behind where most values lie.
    const quantile = (q) => usable[Math.floor(q * (usable.length - 1))];
    const limit = cut ? 4 * (quantile(0.95) - quantile(0.05)) : Infinity;
    for (const v of mean) {
      if ((settings.log && v <= 0) || Math.abs(v - quantile(0.5)) > limit) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    if (settings.log) {
      const pad = Math.max((high / low) ** 0.05, 1.02);
      return [low / pad, high * pad];
    }
    const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    return [low >= 0 && low < pad * 3 ? 0 : low - pad, high + pad];
  };

  // Index of the point nearest to a step; x ascends.
  const nearest = (x, step) => {
    let low = 0, high = x.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (x[middle] < step) low = middle; else high = middle;
    }
    return step - x[low] < x[high] - step ? low : high;
  };

  const element = (name, attributes = {}, parent = null) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (parent) parent.append(made);
    return made;
  };

  const charts = [];
  const redraw = () => charts.forEach((chart) => chart.draw());
  const zoomTo = (from, to) => {
    settings.from = from;
    settings.to = to;
    byId('whole').hidden = from === first && to === last;
    redraw();
  };

  class Chart {
    constructor(series, number_of_chart) {
      this.series = series;
      this.figure = document.createElement('figure');
      this.figure.className = 'chart';
      this.figure.innerHTML = '<figcaption><span class=name></span><span class=now></span></figcaption>';
      this.figure.querySelector('.name').textContent = series.name;
      this.now = this.figure.querySelector('.now');
      this.clip = 'clip' + number_of_chart;
      this.svg = element('svg', { role: 'img', 'aria-label': 'curve of ' + series.name }, this.figure);
      this.svg.addEventListener('pointermove', (event) => this.onMove(event));
      this.svg.addEventListener('pointerleave', () => { if (!this.drag) charts.forEach((c) => c.point(null)); });
      this.svg.addEventListener('pointerdown', (event) => this.onDown(event));
      this.svg.addEventListener('pointerup', (event) => this.onUp(event));
      this.svg.addEventListener('dblclick', () => zoomTo(first, last));
    }

    get width() { return this.svg.clientWidth || 340; }
    px(step) {
      const inner = this.width - MARGIN.left - MARGIN.right;
      return MARGIN.left + inner * (step - settings.from) / (settings.to - settings.from);
    }
    py(value) {
      const [low, high] = this.range;
      const fraction = settings.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
      return HEIGHT - MARGIN.bottom - (HEIGHT - MARGIN.top - MARGIN.bottom) * fraction;
    }
    stepAt(event) {
      const fraction = (event.clientX - this.svg.getBoundingClientRect().left - MARGIN.left) /
        (this.width - MARGIN.left - MARGIN.right);
      return settings.from + (settings.to - settings.from) * Math.min(Math.max(fraction, 0), 1);
    }

    draw() {
      const { x, y } = this.series;
      this.mean = smoothed(y, settings.smooth);
      const seen = x.map((_, i) => i).filter((i) => x[i] >= settings.from && x[i] <= settings.to);
      this.range = range(seen.map((i) => y[i]), seen.map((i) => this.mean[i]));
      this.svg.replaceChildren();
      this.svg.setAttribute('viewBox', `0 0 ${this.width} ${HEIGHT}`);
      this.svg.setAttribute('preserveAspectRatio', 'none');
      if (!this.range) {
        element('text', { x: this.width / 2, y: HEIGHT / 2, 'text-anchor': 'middle' }, this.svg).textContent =
          seen.length ? 'no positive values' : 'nothing logged here';
        this.point(null);
        return;
      }
      this.drawAxes();
      const inside = element('g', { 'clip-path': `url(#${this.clip})` }, this.svg);
      this.drawMarks(inside);
      const begin = Math.max(seen[0] - 1, 0), end = Math.min(lastOf(seen) + 2, x.length);
      if (settings.smooth > 0) element('path', { class: 'raw', d: this.path(y, begin, end) }, inside);
      element('path', { class: 'smooth', d: this.path(this.mean, begin, end) }, inside);
      this.cross = element('line', { class: 'cross', y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom, visibility: 'hidden' }, this.svg);
      this.dot = element('circle', { class: 'dot', r: 4, visibility: 'hidden' }, this.svg);
      this.zoom = element('rect', { class: 'zoom', y: MARGIN.top, height: HEIGHT - MARGIN.top - MARGIN.bottom, visibility: 'hidden' }, this.svg);
      this.point(null);
    }

    path(values, begin, end) {
      let d = '', pen = 'M';
      for (let i = begin; i < end; ++i) {
        if (settings.log && values[i] <= 0) { pen = 'M'; continue; }
        d += `${pen}${this.px(this.series.x[i]).toFixed(1)} ${this.py(values[i]).toFixed(1)}`;
        pen = 'L';
      }
      return end - begin === 1 && d ? d + 'h.01' : d;
    }

    drawAxes() {
      const right = this.width - MARGIN.right, bottom = HEIGHT - MARGIN.bottom;
      const clip = element('clipPath', { id: this.clip }, element('defs', {}, this.svg));
      element('rect', { x: MARGIN.left, y: MARGIN.top - 2, width: right - MARGIN.left, height: bottom - MARGIN.top + 4 }, clip);
      const [low, high] = this.range;
      for (const tick of settings.log ? logTicks(low, high) : niceTicks(low, high, 5)) {
        const at = this.py(tick);
        element('line', { class: 'grid', x1: MARGIN.left, x2: right, y1: at, y2: at }, this.svg);
        element('text', { x: MARGIN.left - 6, y: at + 4, 'text-anchor': 'end' }, this.svg).textContent = number(tick);
      }
      for (const tick of niceTicks(settings.from, settings.to, Math.max(5, Math.floor(this.width / 65)))) {
        const at = this.px(tick);
        element('text', { x: Math.min(at, right - 8), y: HEIGHT - 5, 'text-anchor': 'middle' }, this.svg).textContent = number(tick);
      }
    }

    drawMarks(parent) {
      for (const mark of data.marks) {
        if (mark.step < settings.from || mark.step > settings.to) continue;
        const at = this.px(mark.step);
        const line = element('line', { class: 'mark ' + mark.kind, x1: at, x2: at, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }, parent);
        element('title', {}, line).textContent = `step ${mark.step}: ${mark.text}`;
      }
    }

    // Shows the value at a step, or the newest one.
    point(step) {
      const { x, y } = this.series;
      if (step === null || !this.range) {
        this.now.textContent = number(lastOf(this.mean));
        this.cross?.setAttribute('visibility', 'hidden');
        this.dot?.setAttribute('visibility', 'hidden');
        return;
      }
      const i = nearest(x, step);
      const value = settings.smooth > 0 ? this.mean[i] : y[i];
      this.now.textContent = `${number(value)} at step ${x[i].toLocaleString('en')}`;
      const at = this.px(x[i]), visible = x[i] >= settings.from && x[i] <= settings.to;
      this.cross.setAttribute('x1', at);
      this.cross.setAttribute('x2', at);
      this.cross.setAttribute('visibility', visible ? 'visible' : 'hidden');
      this.dot.setAttribute('cx', at);
      this.dot.setAttribute('cy', settings.log && value <= 0 ? -9 : this.py(value));
      this.dot.setAttribute('visibility', visible ? 'visible' : 'hidden');
    }

    onMove(event) {
      const step = this.stepAt(event);
      charts.forEach((chart) => chart.point(step));
      if (!this.drag || !this.zoom) return;
      this.drag.to = step;
      const [a, b] = [this.px(this.drag.from), this.px(step)].sort((l, r) => l - r);
      this.zoom.setAttribute('x', a);
      this.zoom.setAttribute('width', b - a);
      this.zoom.setAttribute('visibility', 'visible');
    }
    onDown(event) {
      if (event.pointerType !== 'mouse' || event.button !== 0) return;  // a finger scrolls the page
      this.drag = { from: this.stepAt(event), to: this.stepAt(event) };
      this.svg.setPointerCapture(event.pointerId);
    }
    onUp() {
      if (!this.drag) return;
      const { from, to } = this.drag;
      this.drag = null;
      this.zoom?.setAttribute('visibility', 'hidden');
      if (Math.abs(this.px(from) - this.px(to)) > 6) zoomTo(Math.min(from, to), Math.max(from, to));
    }
  }

  for (const group of document.querySelectorAll('.group')) {
    const members = data.series.filter((s) => s.group === group.dataset.group);
    group.hidden = members.length === 0;
    for (const series of members) {
      const chart = new Chart(series, charts.length);
      group.querySelector('.charts').append(chart.figure);
      charts.push(chart);
    }
  }

  const kinds = [...new Set(data.marks.map((mark) => mark.kind))];
  if (kinds.length) {
    const legend = document.createElement('div');
    legend.className = 'legend';
    for (const kind of kinds) {
      const item = document.createElement('span');
      element('line', { class: 'mark ' + kind, x1: 5, x2: 5, y1: 0, y2: 14 }, element('svg', {}, item));
      item.append({ resume: 'resumed', phase: 'new phase', rollback: 'rollback' }[kind]);
      legend.append(item);
    }
    document.querySelector('#curves .bar').after(legend);
  }

  const read = () => {
    settings.smooth = Number(byId('smooth').value);
    settings.log = byId('log').checked;
    settings.outliers = byId('outliers').checked;
    byId('smoothed').textContent = settings.smooth.toFixed(2);
    redraw();
  };
  for (const id of ['smooth', 'log', 'outliers']) byId(id).addEventListener('input', read);
  byId('whole').onclick = () => zoomTo(first, last);
  addEventListener('resize', redraw);
  settings.from = first;
  settings.to = last;
  read();
})();
