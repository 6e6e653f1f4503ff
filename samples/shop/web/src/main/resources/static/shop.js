'use strict';

const $ = id => document.getElementById(id);
const PERIOD = 1000;
const SAYS = {
  agent: 'Remora’s agent beside this pod balances its connections.',
  starter: 'Remora’s starter in this application balances its requests.',
  none: 'Remora is not here: connections go where the node’s kube-proxy sends them, and nobody is ejected.',
};
// An agent sees connections, so not every misbehaviour.
const HINTS = {
  agent: {
    errors: 'An agent sees connections and not what an answer says: nothing is ejected. The starter ejects for this.',
    hang: 'An agent cannot tell a pod that hangs from one that has nothing to say; it gives it fewer connections. The starter ejects it.',
    slow: 'It gets fewer connections, as those that it has stay open for longer. Nothing is ejected for being slow.',
  },
  starter: {
    slow: 'It gets fewer requests, as those that it has stay in flight for longer. Nothing is ejected for being slow.',
  },
};
let sliding = 0;
let told = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Changes the text only if it is another one, so that nobody's selection is lost. */
function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function keyed(parent, key, make) {
  let child = [...parent.children].find(each => each.dataset.key === key);
  if (!child) {
    child = make();
    child.dataset.key = key;
    parent.append(child);
  }
  return child;
}

function keepOnly(parent, keys) {
  [...parent.children].filter(each => !keys.includes(each.dataset.key)).forEach(each => each.remove());
}

function newPart() {
  const part = element('section', 'panel');
  const title = element('h2');
  title.append(element('span', 'title'), ' ', element('small'));
  part.append(title, element('div', 'pods'));
  return part;
}

function newPod() {
  const pod = element('div', 'pod');
  const name = element('div', 'name');
  name.append(element('span'), element('span', 'address'));
  const bar = element('div', 'bar');
  bar.append(element('i'), element('b'));
  pod.append(name, bar, element('div', 'number rate'), element('div', 'number errors'), element('div', 'number p99'),
    element('div', 'state'));
  return pod;
}

function stateText(endpoint) {
  if (!endpoint) return '';
  const left = endpoint.until ? Math.ceil((Date.parse(endpoint.until) - Date.now()) / 1000) : 0;
  switch (endpoint.state) {
    case 'ejected': return 'ejected: ' + endpoint.reason + (left > 0 ? '; next trial in ' + left + ' s' : '');
    case 'trial': return 'on trial; it was ejected: ' + endpoint.reason;
    case 'used': return '';
    default: return 'not used: ' + endpoint.reason;
  }
}

function showPod(row, pod) {
  const traffic = pod.traffic || {share: 0, perSecond: 0, failed: 0, p99Millis: 0};
  const percent = Math.round(traffic.share * 100);
  row.dataset.state = pod.endpoint ? pod.endpoint.state : 'unknown';
  say(row.querySelector('.name span'), pod.pod);
  say(row.querySelector('.address'), pod.endpoint ? pod.endpoint.address : '');
  row.querySelector('.bar i').style.width = percent + '%';
  say(row.querySelector('.bar b'), percent + ' %');
  say(row.querySelector('.rate'), traffic.perSecond.toFixed(1) + ' /s');
  const errors = row.querySelector('.errors');
  say(errors, traffic.failed + (traffic.failed === 1 ? ' error' : ' errors'));
  errors.classList.toggle('failing', traffic.failed > 0);
  say(row.querySelector('.p99'), traffic.calls ? 'p99 ' + traffic.p99Millis.toFixed(traffic.p99Millis < 10 ? 1 : 0) + ' ms' : '');
  const state = row.querySelector('.state');
  say(state, stateText(pod.endpoint));
  state.hidden = !state.textContent;
}

function showPart(section, part) {
  say(section.querySelector('.title'), part.name);
  say(section.querySelector('small'), part.unanswered ? part.unanswered + ' without an answer in the last 10 s' : '');
  const pods = section.querySelector('.pods');
  keepOnly(pods, part.pods.map(pod => pod.pod));
  part.pods.forEach(pod => showPod(keyed(pods, pod.pod, newPod), pod));
}

function list(parent, items, none) {
  parent.replaceChildren(...(items.length ? items : [element('li', 'quiet', none)]));
}

function event(each) {
  const item = element('li', each.kind);
  item.append(element('time', '', new Date(each.at).toLocaleTimeString()), each.text);
  return item;
}

function show(view) {
  say($('pod'), view.pod);
  say($('remora'), SAYS[view.remora] + (view.problem && view.remora !== 'none' ? ' It does not answer: ' + view.problem : ''));
  document.body.dataset.remora = view.remora;
  const behaviour = view.behaviour || 'not to be asked';
  say($('behaviour'), behaviour);
  document.querySelectorAll('[data-behaviour]').forEach(button =>
    button.setAttribute('aria-pressed', String(button.dataset.behaviour === view.behaviour)));
  say($('hint'), (HINTS[view.remora] || {})[behaviour] || '');
  if (Date.now() > sliding) {
    $('rate').value = view.load.rate;
    say($('rate-text'), String(view.load.rate));
  }
  say($('load'), view.load.sent + ' sent, ' + view.load.failed + ' failed. '
    + (view.load.rate ? 'It ends ' + Math.round(view.load.endsInSeconds / 60) + ' min after the last look at this page.' : ''));
  keepOnly($('parts'), view.parts.map(part => part.name));
  view.parts.forEach(part => showPart(keyed($('parts'), part.name, newPart), part));
  list($('events'), view.events.map(event), 'nothing yet');
  $('failures').hidden = !view.load.lastFailures.length;
  list($('failure-list'), view.load.lastFailures.map(text => element('li', '', text)), 'none');
}

function trouble(text) {
  $('trouble').hidden = !text;
  say($('trouble'), text);
}

async function ask(path, options) {
  const response = await fetch(path, {signal: AbortSignal.timeout(8000), ...options});
  if (!response.ok) {
    const failure = await response.json().catch(() => ({}));
    throw new Error(failure.problem || path + ' answers ' + response.status);
  }
  return response;
}

async function look() {
  try {
    show(await (await ask('api/live')).json());
    if (Date.now() > told) trouble('');
  } catch (problem) {
    trouble('The shop does not answer: ' + problem.message);
  }
  setTimeout(look, document.hidden ? 5 * PERIOD : PERIOD);
}

async function tell(path) {
  try {
    await ask(path, {method: 'POST'});
  } catch (problem) {
    told = Date.now() + 8 * PERIOD;
    trouble(problem.message);
  }
}

$('rate').addEventListener('input', () => {
  sliding = Date.now() + 3 * PERIOD;
  say($('rate-text'), $('rate').value);
});
$('rate').addEventListener('change', () => tell('api/load/' + $('rate').value));
$('behaviours').addEventListener('click', click => {
  if (click.target.dataset.behaviour) tell('api/stock-v2/' + click.target.dataset.behaviour);
});
look();
