const PATIENCE = 5000; // milliseconds

/** Asks the agent; fails where nothing is heard of it. */
export async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), cache: 'no-store' });
  const json = (response.headers.get('Content-Type') || '').startsWith('application/json');
  if (!json) {
    throw new Error(path + ': ' + response.status);
  }
  return { status: response.status, body: await response.json() };
}
