import { ask } from './agent.js';
import { $, cell, make, writeAddress } from './dom.js';
import { place } from './place.js';
import { makeRest } from './services.js';
import { endpointState } from './states.js';
import { NUMBER, count, duration, ejectionText } from './words.js';

const VERDICTS = { forward: 'good', reject: 'bad', 'pass-through': 'warn' };

function verdict(view) {
  const service = view.frontend ? view.frontend.service + (view.frontend.portName ? ':' + view.frontend.portName : '') : '';
  if (view.failure) {
    return 'Does not come through: ' + view.failure;
  }
  if (view.decision === 'forward') {
    const eligible = view.endpoints.filter(each => each.eligible).length;
    const { ejected = 0, onTrial = 0 } = view.balancing || {};
    return 'Forwarded to ' + (eligible === 1 ? 'the only endpoint' : 'one of ' + eligible + ' endpoints') + ' of ' + service
      + (ejected ? ', ' + ejected + ' ejected' : '') + (onTrial ? ', ' + onTrial + ' on trial' : '');
  }
  return view.decision === 'reject' ? 'Fails at once' : 'Passed through to ' + (view.address || view.target);
}

function facts(pairs) {
  const list = make('dl', { class: 'facts' });
  for (const [name, value] of pairs) {
    if (value) {
      list.append(make('dt', {}, name), make('dd', {}, value));
    }
  }
  return list;
}

function explanation(view) {
  const client = [view.client.address || 'unknown', view.client.node, view.client.zone && 'zone ' + view.client.zone];
  const parts = [
    make('p', { class: 'verdict ' + VERDICTS[view.decision] }, verdict(view)),
    facts([
      ['dialled', view.address ? view.address + ' port ' + view.port + ' ' + view.protocol : view.target],
      ['is', view.frontend ? view.frontend.kind + ' of ' + view.frontend.service : null],
      ['because', view.reason + (view.decision === 'forward'
        ? ': ' + view.endpoints.filter(each => each.eligible).length + ' of ' + view.endpoints.length : '')],
      ['captured', view.capture.captured === true ? 'yes; ' + view.capture.reason
        : view.capture.captured === false ? 'no; ' + view.capture.reason : 'not known; ' + view.capture.reason],
      ['client', client.filter(Boolean).join(', ')],
      ['affinity', view.affinity
        ? duration(view.affinity.seconds) + (view.affinity.bound ? '; bound to ' + view.affinity.bound : '') : null],
      ['choice', view.policy
        ? view.policy.name + ': ' + view.policy.description + (view.policy.origin ? ' (' + view.policy.origin + ')' : '')
        : null],
      ['zones', view.zones],
      ['retries', view.steps ? 'another endpoint beside it after ' + view.steps.join(', ') : null],
    ]),
  ];
  if (view.endpoints.length > 0) {
    parts.push(make('h3', { id: 'explain-endpoints' }, 'Endpoints'), explainedEndpoints(view.endpoints));
  }
  if (view.notes.length > 0) {
    parts.push(make('h3', {}, 'Notes'), make('ul', {}, ...view.notes.map(note => make('li', {}, note))));
  }
  return parts;
}

function explainedEndpoints(endpoints) {
  const heads = ['Endpoint', 'Used', 'Why', 'Pod', 'Zone, node', 'In flight'];
  const body = make('tbody', { role: 'rowgroup' });
  for (const endpoint of endpoints.slice(0, 200)) {
    const row = body.appendChild(make('tr', { role: 'row' }));
    cell(row, 'th', null).append(writeAddress(make('span'), hostPort(endpoint.address, endpoint.port)));
    const [state, mark] = endpointState(endpoint);
    cell(row, 'td', 'state-cell').append(make('span', { class: 'pill ' + mark }, state));
    cell(row, 'td', 'why').append(endpoint.ejection ? ejectionText(endpoint.ejection) : endpoint.reason);
    cell(row, 'td', 'half', 'Pod').append(endpoint.pod || '–');
    cell(row, 'td', 'half', 'Zone, node').append([endpoint.zone, endpoint.node].filter(Boolean).join(', ') || '–');
    cell(row, 'td', 'n', 'In flight').append(endpoint.use ? NUMBER.format(endpoint.use.inFlight) : '–');
  }
  if (endpoints.length > 200) {
    const rest = makeRest();
    rest.firstChild.append('and ' + count(endpoints.length - 200, 'more endpoint'));
    body.append(rest);
  }
  return make('table', { role: 'table', 'aria-labelledby': 'explain-endpoints' },
    make('thead', { role: 'rowgroup' }, make('tr', { role: 'row' },
      ...heads.map(head => make('th', { role: 'columnheader', scope: 'col', class: head === 'In flight' ? 'n' : null }, head)))),
    body);
}

function hostPort(address, port) {
  return (address.includes(':') && !address.startsWith('[') ? '[' + address + ']' : address) + ':' + port;
}

export async function explain(query) {
  const target = (query.get('target') || '').trim();
  const out = $('explanation');
  if (!target) {
    out.replaceChildren();
    return;
  }
  const form = $('explain-form').elements;
  form.target.value = target;
  form.client.value = query.get('client') || '';
  const asked = new URLSearchParams({ target });
  if (form.client.value.trim()) {
    asked.set('client', form.client.value.trim());
  }
  let parts;
  try {
    const answer = await ask('explain?' + asked);
    parts = answer.body.error
      ? [make('p', { class: 'verdict bad' }, answer.body.error),
        answer.body.synced ? '' : make('p', { class: 'none' }, 'The agent does not know all Services yet.')]
      : explanation(answer.body);
  } catch (problem) {
    parts = [make('p', { class: 'verdict bad' }, 'The agent does not answer. Ask again once the page is connected.')];
  }
  if (place().view === 'explain' && (place().query.get('target') || '').trim() === target) {
    out.replaceChildren(...parts);
  }
}
