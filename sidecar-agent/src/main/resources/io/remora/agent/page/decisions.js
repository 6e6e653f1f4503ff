import { $, cell, make, show, sync, write, writeAddress } from './dom.js';
import { explainLink } from './place.js';
import { PHASES } from './states.js';
import { bytes, clock, duration } from './words.js';

const ORDINARY_ENDS = ['completed', 'client_reset', 'client_left', 'idle_timeout', 'shutdown'];

function outcome(decision) {
  if (!decision.end) {
    return [decision.state, PHASES[decision.state]];
  }
  const kind = decision.end === 'completed' ? 'off' : ORDINARY_ENDS.includes(decision.end) ? 'warn' : 'bad';
  return [decision.end.replaceAll('_', ' '), kind];
}

export function showDecisions(answer) {
  const rows = answer.decisions;
  sync(document.querySelector('#decisions tbody'), rows, row => row.id, makeDecision, (element, row) => {
    write(element.service, row.service || (row.decision === 'pass-through' ? 'passed through' : '–'));
    element.service.classList.toggle('off', !row.service);
    writeAddress(element.endpoint, row.endpoint || '–');
    write(element.why, row.why);
    const [text, kind] = outcome(row);
    write(element.outcome, text);
    element.outcome.className = 'pill ' + kind;
    write(element.moved, row.end
      ? duration(row.seconds) + (row.endpoint ? ', ' + bytes(row.sent) + ' sent, ' + bytes(row.received) + ' received' : '')
      : '');
  });
  show(document.querySelector('#decisions table'), rows.length > 0);
  write($('decisions-count'), rows.length < answer.matched
    ? 'the newest ' + rows.length + ' of ' + answer.matched
    : 'the newest ' + rows.length + (answer.matched < answer.kept ? ' that match, of ' + answer.kept : ''));
  const none = $('decisions-none');
  show(none, rows.length === 0);
  write(none, answer.kept > 0 ? 'No decision matches the filter.' : 'No connection came yet.');
}

function makeDecision(row) {
  const element = make('tr', { role: 'row' });
  const head = cell(element, 'th', null);
  head.append(row.original ? explainLink(row.original) : '–', make('span', { class: 'sub' }, 'from ' + row.client));
  const time = new Date(row.at);
  cell(element, 'td', 'state-cell').append(make('time', { datetime: row.at, title: row.at }, clock(time)));
  element.service = cell(element, 'td', 'half', 'Service');
  element.endpoint = cell(element, 'td', 'half', 'Went to');
  element.why = cell(element, 'td', 'why');
  const end = cell(element, 'td', null);
  element.outcome = end.appendChild(make('span', { class: 'pill' }));
  element.moved = end.appendChild(make('span', { class: 'sub' }));
  return element;
}
