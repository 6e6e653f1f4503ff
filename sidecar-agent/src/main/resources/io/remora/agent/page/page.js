// Shows what the agent tells, and asks again while somebody looks: never more than once a second, less often
// where answers take long, and not at all while the page is hidden. What comes from the cluster is only ever put in as text.

import { ask } from './agent.js';
import { showConnections } from './connections.js';
import { showDecisions } from './decisions.js';
import { $, show, write } from './dom.js';
import { explain } from './explain.js';
import { VIEWS, filterOf, go, place } from './place.js';
import { servicesLimit, servicesQuery, showServices } from './services.js';
import { showStatus } from './status.js';
import { clock } from './words.js';

const LEAST_WAIT = 1000; // milliseconds between an answer and the next question
const MOST_WAIT = 10000;
const WAIT_PER_ANSWER = 9; // times as long as the answer took
const RETRY = 2000;
const CONNECTIONS = 100;
const DECISIONS = 100;

let timer = null;
let turn = 0; // counts the rounds: an answer to an old one is not shown
let lastHeard = null;
let paused = false;

async function round(mine) {
  const { view, query } = place();
  const filter = filterOf(view);
  const services = new URLSearchParams(view === 'services'
    ? servicesQuery()
    : { limit: 1, endpoints: 1 });
  const questions = [ask('services?' + services)];
  if (view === 'connections') {
    questions.push(ask('connections?' + new URLSearchParams(
      { limit: CONNECTIONS, order: query.get('order') || 'newest', filter })));
  } else if (view === 'decisions') {
    questions.push(ask('decisions?' + new URLSearchParams({ limit: DECISIONS, filter })));
  }
  const [status, answer] = await Promise.all(questions);
  if (mine !== turn) {
    return;
  }
  const now = performance.now();
  showStatus(status.body, now);
  if (view === 'services') {
    showServices(status.body, now);
  } else if (view === 'connections' && answer.status === 200) {
    showConnections(answer.body);
  } else if (view === 'decisions' && answer.status === 200) {
    showDecisions(answer.body);
  }
}

async function poll() {
  clearTimeout(timer);
  const mine = ++turn;
  if (document.hidden || paused) {
    return;
  }
  const began = performance.now();
  let wait;
  let heard = false;
  try {
    await round(mine);
    heard = true;
    wait = Math.min(MOST_WAIT, Math.max(LEAST_WAIT, WAIT_PER_ANSWER * (performance.now() - began)));
  } catch (problem) {
    wait = RETRY;
  }
  if (heard) {
    lastHeard = new Date();
  }
  if (mine === turn) {
    connected(heard);
    timer = setTimeout(poll, wait);
  }
}

function connected(now) {
  const link = $('link');
  link.classList.toggle('gone', !now);
  document.body.classList.toggle('stale', !now);
  write(link, now ? 'live'
    : lastHeard ? 'not connected since ' + clock(lastHeard) + '; trying again' : 'not connected; trying again');
}

function enter() {
  const { view, query } = place();
  for (const name of VIEWS) {
    show($(name), name === view);
    const link = document.querySelector('nav a[href^="#' + name + '"]');
    if (name === view) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  document.title = document.querySelector('#' + view + ' h2').textContent + ' · Remora';
  const form = document.querySelector('#' + view + ' form[data-filter]');
  if (form) {
    if (document.activeElement !== form.elements.filter) {
      form.elements.filter.value = query.get('filter') || '';
    }
    if (form.elements.order) {
      form.elements.order.value = query.get('order') || 'newest';
    }
  } else {
    explain(query);
  }
  poll();
}

let typing = null;

for (const form of document.querySelectorAll('form[data-filter]')) {
  const look = () => {
    const { view } = place();
    servicesLimit(false);
    const order = form.elements.order ? form.elements.order.value : '';
    history.replaceState(null, '', go(view, { filter: form.elements.filter.value.trim(), order: order === 'newest' ? '' : order }));
    poll();
  };
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(look, 250);
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    clearTimeout(typing);
    look();
  });
}

$('explain-form').addEventListener('submit', event => {
  event.preventDefault();
  const form = event.target.elements;
  const there = go('explain', { target: form.target.value.trim(), client: form.client.value.trim() });
  if (location.hash === there) {
    explain(place().query);
  } else {
    location.hash = there;
  }
});

$('services-more').addEventListener('click', () => {
  servicesLimit(true);
  poll();
});

$('pause').addEventListener('click', () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', paused);
  write($('pause'), paused ? 'Go on' : 'Pause');
  if (paused) {
    turn++;
    clearTimeout(timer);
    write($('link'), 'paused');
  } else {
    poll();
  }
});

document.addEventListener('visibilitychange', poll);
window.addEventListener('hashchange', enter);
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault(); // what stands behind the '#' is the view
  $('main').focus();
});
enter();
