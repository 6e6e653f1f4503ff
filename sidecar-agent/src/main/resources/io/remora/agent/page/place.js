// What is looked at stands behind the '#' of the page's address.

import { make, writeAddress } from './dom.js';

export const VIEWS = ['services', 'connections', 'decisions', 'explain'];

export function place() {
  const [name, query] = location.hash.slice(1).split('?', 2);
  return { view: VIEWS.includes(name) ? name : 'services', query: new URLSearchParams(query || '') };
}

export function go(view, parameters) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
  return '#' + view + (query ? '?' + query : '');
}

export function explainLink(target) {
  return writeAddress(make('a', { href: go('explain', { target }), title: 'Explain ' + target }), target);
}

export function filterOf(view) {
  return (place().query.get('filter') || '').trim();
}
