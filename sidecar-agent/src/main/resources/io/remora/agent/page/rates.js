const samples = new Map(); // by what is counted: the last counts, when, and the rate they made

/**
 * Returns how much each counter grew per second since the last time; null if it was not seen just before. One that is less
 * than before is a new one, which counts from 0 again; but of a sum only a part went.
 */
export function rates(key, now, counters, sum) {
  const before = samples.get(key);
  let result = counters.map(() => null);
  if (before && now - before.at < 15000 && now > before.at) {
    const seconds = (now - before.at) / 1000;
    const less = counters.some((value, i) => value < before.counters[i]);
    result = counters.map((value, i) => less && sum ? null : (less ? value : value - before.counters[i]) / seconds);
  }
  samples.set(key, { at: now, counters });
  return result;
}

export function forgetOld(now) {
  for (const [key, sample] of samples) {
    if (now - sample.at > 15000) {
      samples.delete(key);
    }
  }
}
