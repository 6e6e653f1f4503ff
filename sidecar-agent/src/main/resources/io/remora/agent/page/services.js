import { $, cell, make, show, sync, write, writeAddress } from './dom.js';
import { endpointWhy, portName, portState, portWhy } from './endpoints.js';
import { explainLink, filterOf } from './place.js';
import { forgetOld, rates } from './rates.js';
import { endpointState } from './states.js';
import { NUMBER, count, rate } from './words.js';

const PAGE_OF_SERVICES = 50;
const ENDPOINTS = 50; // of each Service
const OPEN_UP_TO = 10; // Services; where there are more, only those with something wrong are unfolded

const folds = new Map(); // by Service port: whether a person unfolded or folded it
let limit = PAGE_OF_SERVICES;

/** What to ask the agent for. */
export function servicesQuery() {
  return { order: 'trouble', limit, endpoints: ENDPOINTS, filter: filterOf('services') };
}

/** Begins with the first ones, or shows more. */
export function servicesLimit(more) {
  limit = more ? limit + PAGE_OF_SERVICES : PAGE_OF_SERVICES;
}

/** The cells of a Service port or an endpoint: all but the first. */
function useCells(row) {
  row.state = make('span', { class: 'pill' });
  cell(row, 'td', 'state-cell').append(row.state);
  row.inFlight = cell(row, 'td', 'n', 'In flight');
  const fresh = cell(row, 'td', 'n', 'New/s');
  row.fresh = fresh.appendChild(make('span'));
  row.share = make('span');
  fresh.append(row.bar = make('span', { class: 'bar', 'aria-hidden': 'true' }, row.share));
  row.failed = cell(row, 'td', 'n', 'Failed/s');
  row.picks = cell(row, 'td', 'n', 'Total');
  row.failures = cell(row, 'td', 'n', 'Failures');
  row.why = cell(row, 'td', 'why');
  return row;
}

function writeUse(row, counts, [fresh, failed], [state, mark], why) {
  write(row.state, state);
  row.state.className = 'pill ' + mark;
  write(row.inFlight, NUMBER.format(counts.inFlight));
  write(row.fresh, rate(fresh));
  write(row.failed, rate(failed));
  row.failed.className = 'n' + (failed > 0 ? ' bad' : ' zero');
  write(row.picks, NUMBER.format(counts.picks));
  write(row.failures, NUMBER.format(counts.failures));
  row.failures.classList.toggle('zero', counts.failures === 0);
  write(row.why, why);
}

function makeGroup(destination) {
  const group = make('tbody', { role: 'rowgroup' });
  const row = group.appendChild(make('tr', { role: 'row', class: 'service' }));
  const head = cell(row, 'th', null);
  row.fold = head.appendChild(make('button', { type: 'button', class: 'fold' }, portName(destination)));
  row.addresses = head.appendChild(make('span', { class: 'sub' }));
  useCells(row);
  row.fold.addEventListener('click', () => {
    folds.set(group.key, row.fold.getAttribute('aria-expanded') !== 'true');
    updateGroup(group, group.destination, group.rates);
  });
  group.head = row;
  return group;
}

function updateGroup(group, destination, [own, each]) {
  group.destination = destination;
  group.rates = [own, each];
  const row = group.head;
  const endpoints = destination.endpoints;
  const open = endpoints.length > 0 && (folds.has(group.key) ? folds.get(group.key) : group.openAtFirst);
  row.fold.setAttribute('aria-expanded', open);
  row.fold.disabled = endpoints.length === 0;
  sync(row.addresses, destination.addresses, address => address,
    address => make('span', {}, explainLink(address), ' '), () => {});
  writeUse(row, destination.sums, own, portState(destination), portWhy(destination));
  show(row.bar, false);

  const busiest = Math.max(1e-9, ...each.map(([fresh]) => fresh || 0));
  const rows = open ? endpoints.map((endpoint, i) => ({ endpoint, rates: each[i] })) : [];
  const left = open ? destination.sums.endpoints - endpoints.length : 0;
  if (left > 0) {
    rows.push({ left });
  }
  rows.unshift({ head: row });
  sync(group, rows, item => item.head ? 'head' : item.left ? 'left' : item.endpoint.address + ' ' + item.endpoint.pod,
    item => item.head || (item.left ? makeRest() : makeEndpoint(item.endpoint)),
    (element, item) => {
      if (item.left) {
        write(element.firstChild, 'and ' + count(item.left, 'more endpoint'));
      } else if (!item.head) {
        const endpoint = item.endpoint;
        write(element.sub, [endpoint.pod, endpoint.zone, endpoint.node].filter(Boolean).join(' · '));
        writeUse(element, endpoint, item.rates, endpointState(endpoint), endpointWhy(endpoint));
        show(element.bar, item.rates[0] > 0);
        element.share.style.width = 100 * (item.rates[0] || 0) / busiest + '%';
      }
    });
}

export function makeRest() {
  return make('tr', { role: 'row', class: 'rest' }, make('td', { role: 'cell', colspan: '8' }));
}

function makeEndpoint(endpoint) {
  const row = make('tr', { role: 'row', class: 'endpoint' });
  const head = cell(row, 'th', null);
  head.append(writeAddress(make('span'), endpoint.address));
  row.sub = head.appendChild(make('span', { class: 'sub' }));
  return useCells(row);
}

export function showServices(view, now) {
  const total = view.matched.destinations;
  const shown = view.destinations.length;
  const table = document.querySelector('#services table');
  const few = total <= OPEN_UP_TO;
  const keyOf = destination =>
    [destination.service, destination.portName, destination.family, destination.external].join(' ');
  const known = new Map(); // the rates of each, and of its endpoints
  for (const destination of view.destinations) {
    const key = keyOf(destination);
    const each = destination.endpoints.map(
      endpoint => rates(key + ' ' + endpoint.address + ' ' + endpoint.pod, now, [endpoint.picks, endpoint.failures]));
    let own = rates(key, now, [destination.sums.picks, destination.sums.failures], true);
    if (each.length === destination.sums.endpoints && each.some(one => one[0] !== null)) {
      own = [0, 1].map(i => each.reduce((sum, one) => sum + (one[i] || 0), 0));
    }
    known.set(key, [own, each]);
  }
  sync(table, view.destinations, keyOf, makeGroup, (group, destination) => {
    const { balancing } = destination;
    group.key = keyOf(destination);
    group.openAtFirst = few || Boolean(balancing && (balancing.ejected || balancing.onTrial || balancing.panic));
    updateGroup(group, destination, known.get(group.key));
  });
  show(table, shown > 0);
  write($('services-count'), shown === total
    ? count(total, 'Service port')
    : NUMBER.format(shown) + ' of ' + count(total, 'Service port'));
  const none = $('services-none');
  show(none, shown === 0);
  write(none, !view.status.synced ? 'The Services are not known yet.'
    : filterOf('services') ? 'No Service port matches the filter.' : 'No Services are known.');
  show($('services-more'), shown < total && limit < 10 * PAGE_OF_SERVICES);
  showUnbalanced(view);
  forgetOld(now);
}

function showUnbalanced(view) {
  const details = $('unbalanced');
  const all = view.matched.unbalanced;
  show(details, all > 0);
  write(details.firstElementChild, count(all, 'Service is', 'Services are') + ' left alone'
    + (view.unbalanced.length < all ? '; the first ' + view.unbalanced.length : ''));
  sync(details.lastElementChild, view.unbalanced, each => each.service,
    each => make('div', {}, make('dt', {}, each.service), make('dd')),
    (element, each) => write(element.lastChild, each.reason));
}
