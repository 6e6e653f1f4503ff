// How states look, in more than one view.

export const PHASES = { relaying: 'good', connecting: 'warn', held: 'warn', opening: 'off' };

export function endpointState(endpoint) {
  if (endpoint.ejection) {
    return endpoint.ejection.state === 'ejected' ? ['ejected', 'bad'] : ['on trial', 'warn'];
  }
  return endpoint.eligible ? ['used', 'good'] : ['not used', 'off'];
}
