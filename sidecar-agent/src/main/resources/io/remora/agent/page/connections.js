import { $, cell, make, show, sync, write, writeAddress } from './dom.js';
import { explainLink } from './place.js';
import { PHASES } from './states.js';
import { NUMBER, bytes, duration } from './words.js';

export function showConnections(answer) {
  const rows = answer.connections;
  sync(document.querySelector('#connections tbody'), rows, row => row.id, makeConnection, (element, row) => {
    write(element.state, row.state);
    element.state.className = 'pill ' + PHASES[row.state];
    write(element.service, row.service || (row.state === 'relaying' ? 'passed through' : '–'));
    element.service.classList.toggle('off', !row.service);
    writeAddress(element.endpoint, row.endpoint || '–');
    write(element.age, duration(row.ageSeconds));
    write(element.sent, bytes(row.sent));
    write(element.received, bytes(row.received));
  });
  show(document.querySelector('#connections table'), rows.length > 0);
  const of = answer.matched < answer.live ? ' of ' + NUMBER.format(answer.live) + ' live' : ' live';
  write($('connections-count'), (rows.length < answer.matched ? NUMBER.format(rows.length) + ' shown, ' : '')
    + NUMBER.format(answer.matched) + of
    + (answer.seen < answer.live ? '; ' + NUMBER.format(answer.seen) + ' were looked at' : ''));
  const none = $('connections-none');
  show(none, rows.length === 0);
  write(none, answer.live > 0 ? 'No live connection matches the filter.' : 'No connection is open.');
}

function makeConnection(row) {
  const element = make('tr', { role: 'row' });
  cell(element, 'th', null).append(explainLink(row.original));
  element.state = make('span', { class: 'pill' });
  cell(element, 'td', 'state-cell').append(element.state);
  element.service = cell(element, 'td', 'half', 'Service');
  element.endpoint = cell(element, 'td', 'half', 'Endpoint');
  writeAddress(cell(element, 'td', 'client', 'Client'), row.client);
  element.age = cell(element, 'td', 'n', 'Age');
  element.sent = cell(element, 'td', 'n', 'Sent');
  element.received = cell(element, 'td', 'n', 'Received');
  return element;
}
