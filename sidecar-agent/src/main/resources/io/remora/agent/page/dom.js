export const $ = id => document.getElementById(id);

export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  element.append(...content.filter(each => each !== null && each !== undefined && each !== ''));
  return element;
}

export function write(element, text) {
  const value = String(text);
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

export function show(element, shown) {
  element.hidden = !shown;
}

export function cell(row, tag, classes, label) {
  const attributes = tag === 'th'
    ? { role: 'rowheader', scope: 'row', class: classes }
    : { role: 'cell', class: classes, 'data-label': label };
  return row.appendChild(make(tag, attributes));
}

/** An address: a long one, of IPv6, may be broken anywhere. */
export function writeAddress(element, text) {
  write(element, text);
  element.classList.add('addr');
  element.classList.toggle('long', text.length > 24);
  return element;
}

/** Makes the children of an element those of a list, and keeps what stays: the focus and what is selected stay too. */
export function sync(parent, items, keyOf, create, update) {
  const known = parent.known || new Map();
  const next = new Map();
  const keys = items.map(keyOf);
  const wanted = new Set(keys);
  for (const [key, element] of known) {
    if (!wanted.has(key)) {
      element.remove();
    }
  }
  let at = parent.tHead ? parent.tHead.nextElementSibling : parent.firstElementChild;
  items.forEach((item, index) => {
    const key = keys[index];
    if (next.has(key)) {
      return;
    }
    const element = known.get(key) || create(item);
    update(element, item);
    if (element === at) {
      at = at.nextElementSibling;
    } else {
      parent.insertBefore(element, at);
    }
    next.set(key, element);
  });
  parent.known = next;
}
