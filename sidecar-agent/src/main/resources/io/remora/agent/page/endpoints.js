// The words for Service ports and endpoints.

import { NUMBER, duration, ejectionText } from './words.js';

export function portName(destination) {
  return destination.service + (destination.portName ? ':' + destination.portName : '')
    + (destination.family === 'IPv6' ? ' IPv6' : '') + (destination.external ? ' (external addresses)' : '');
}

export function portState(destination) {
  const { balancing, sums } = destination;
  if (sums.eligible === 0) {
    return ['no endpoint', 'bad'];
  }
  if (balancing && balancing.breakerOpen) {
    return ['breaker open', 'bad'];
  }
  const used = sums.eligible - (balancing && !balancing.panic ? balancing.ejected : 0);
  const text = used + ' of ' + sums.endpoints + ' used';
  if (balancing && balancing.panic) {
    return [text + ', panic', 'bad'];
  }
  if (used === 0) {
    return ['all ejected', 'bad'];
  }
  return [text, balancing && balancing.ejected + balancing.onTrial > 0 ? 'warn' : 'good'];
}

export function portWhy(destination) {
  const { balancing, sums } = destination;
  if (!balancing || sums.eligible === 0) {
    return destination.selection;
  }
  const parts = [balancing.policy];
  if (destination.selection !== 'every ready endpoint') {
    parts.push(destination.selection);
  }
  if (balancing.ejected) {
    parts.push(balancing.ejected + ' ejected');
  }
  if (balancing.onTrial) {
    parts.push(balancing.onTrial + ' on trial');
  }
  if (balancing.panic) {
    parts.push('so many are ejected that all are used');
  }
  if (balancing.maxConnections) {
    parts.push(balancing.connections + ' of at most ' + balancing.maxConnections + ' connections');
  }
  if (balancing.maxPending) {
    parts.push(balancing.pending + ' of at most ' + balancing.maxPending + ' waiting');
  }
  if (balancing.refused) {
    parts.push(NUMBER.format(balancing.refused) + ' refused by a limit');
  }
  return parts.join('; ');
}

export function endpointWhy(endpoint) {
  const parts = [endpoint.ejection ? ejectionText(endpoint.ejection) : endpoint.reason];
  if (endpoint.weight) {
    parts.push('weight ' + endpoint.weight);
  }
  if (endpoint.slowStartSeconds) {
    parts.push('slow start for ' + duration(endpoint.slowStartSeconds) + ' more');
  }
  if (endpoint.latencyMs !== undefined) {
    parts.push(endpoint.latencyMs + ' ms');
  }
  return parts.join('; ');
}
