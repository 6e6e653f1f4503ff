import { $, make, show, sync, write } from './dom.js';
import { rates } from './rates.js';
import { NUMBER, rate } from './words.js';

const TOTALS = [
  ['Services', view => [NUMBER.format(view.totals.services)]],
  ['Endpoints', view => [NUMBER.format(view.totals.endpoints)]],
  ['Eligible', view => [NUMBER.format(view.totals.eligible)]],
  ['Ejected', view => [NUMBER.format(view.totals.ejected), view.totals.ejected > 0 ? 'bad' : null]],
  ['In flight', view => [NUMBER.format(view.totals.inFlight)]],
  ['New/s', (view, [picked]) => [rate(picked)]],
  ['Failed/s', (view, [, failed]) => [rate(failed), failed > 0 ? 'bad' : null]],
  ['Failures', view => [NUMBER.format(view.totals.failures)]],
];

export function showStatus(view, now) {
  const status = view.status;
  write($('version'), status.version);
  const state = $('state');
  show(state, true);
  state.className = 'state ' + ({ ready: 'good', degraded: 'bad' }[status.state] || 'warn');
  write(state, status.state);
  const reasons = $('reasons');
  show(reasons, status.reasons.length > 0);
  sync(reasons, status.reasons, reason => reason, () => make('li'), write);
  const total = rates('totals', now, [view.totals.picks, view.totals.failures], true);
  sync($('totals'), TOTALS, ([name]) => name,
    ([name]) => make('div', {}, make('dt', {}, name), make('dd')),
    (element, [, value]) => {
      const [text, mark] = value(view, total);
      write(element.lastChild, text);
      element.lastChild.className = mark || '';
    });
}
